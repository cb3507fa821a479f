package io.rowhook.recipient;

import io.rowhook.entity.Event;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who is sent webhooks: where, how signed, how fast, and which.
 *
 * @param name the name of its file
 * @param url path and query are sent untouched
 * @param authentication none, HMAC, basic or both
 * @param processing sequential, or parallel with a number of jobs
 * @param timeout for the whole call: connect, send, answer
 * @param retry when a failed attempt is made again
 * @param allow what is refused for everyone else: plain HTTP, networks that are not public
 * @param subscriptions the first that wants an event decides its attribute set; never empty:
 *     without any in its file there is one for each entity
 */
public record Recipient(
    String name,
    URI url,
    Authentication authentication,
    Processing processing,
    Duration timeout,
    Retry retry,
    Allow allow,
    List<Subscription> subscriptions) {

  /** Xena's rule (seed 002): an answer must come within 5 seconds. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  public Recipient {
    subscriptions = List.copyOf(subscriptions);
  }

  /** A recipient to whom nothing special is allowed. */
  public Recipient(
      String name,
      URI url,
      Authentication authentication,
      Processing processing,
      Duration timeout,
      Retry retry,
      List<Subscription> subscriptions) {
    this(name, url, authentication, processing, timeout, retry, Allow.NOTHING, subscriptions);
  }

  /** The subscription that wants this event, if one does. */
  public Optional<Subscription> wanting(Event event) {
    return subscriptions.stream().filter(subscription -> subscription.wants(event)).findFirst();
  }

  @Override
  public String toString() {
    return "Recipient[" + name + "]"; // the URL's query may hold a secret (seed 001)
  }
}
