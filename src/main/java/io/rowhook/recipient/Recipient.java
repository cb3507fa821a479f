package io.rowhook.recipient;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is sent webhooks: where, how signed, how fast, and which.
 *
 * @param name the name of its file
 * @param url path and query are sent untouched
 * @param authentication none, a signature, what stands in {@code Authorization}, or both
 * @param processing sequential, or parallel with a number of jobs
 * @param timeout for the whole call: connect, send, answer
 * @param acknowledge which answers mean that it has it
 * @param retry when a failed attempt is made again
 * @param breakerConfig when it is left alone for a while
 * @param backlog what may wait for it
 * @param allow what is refused for everyone else: plain HTTP, networks that are not public
 * @param tls whom it is trusted by, and who Rowhook is to it
 * @param format what its bodies are written in
 * @param request what its requests have beyond those of most
 * @param connection the way to it, and how fast
 * @param notFrom whose doing it is not told of, whatever its subscriptions say: {@code from} of an
 *     event's context; empty: it is told of everybody's
 * @param start what it is sent when it is new
 * @param subscriptions the first that wants an event decides how it is sent; never empty: without
 *     any in its file there is one for each entity
 */
public record Recipient(
    String name,
    URI url,
    Authentication authentication,
    DeliveryMode processing,
    Duration timeout,
    AcknowledgementRule acknowledge,
    RetryPolicy retry,
    CircuitBreakerConfig breakerConfig,
    BacklogLimit backlog,
    EgressPolicy allow,
    TlsConfig tls,
    BodyFormat format,
    RequestOptions request,
    ConnectionOptions connection,
    Set<String> notFrom,
    Start start,
    List<Subscription> subscriptions) {

  /** Xena's rule: an answer must come within 5 seconds. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  public Recipient {
    notFrom = Set.copyOf(notFrom);
    subscriptions = List.copyOf(subscriptions);
  }

  /** A recipient whose requests are like most. */
  public Recipient(
      String name,
      URI url,
      Authentication authentication,
      DeliveryMode processing,
      Duration timeout,
      AcknowledgementRule acknowledge,
      RetryPolicy retry,
      CircuitBreakerConfig breakerConfig,
      BacklogLimit backlog,
      EgressPolicy allow,
      TlsConfig tls,
      BodyFormat format,
      List<Subscription> subscriptions) {
    this(
        name,
        url,
        authentication,
        processing,
        timeout,
        acknowledge,
        retry,
        breakerConfig,
        backlog,
        allow,
        tls,
        format,
        RequestOptions.DEFAULT,
        ConnectionOptions.DEFAULT,
        Set.of(),
        Start.now,
        subscriptions);
  }

  /** The same with other request options. */
  public Recipient with(RequestOptions other) {
    return with(other, connection, notFrom);
  }

  /** The same with another way to it. */
  public Recipient with(ConnectionOptions other) {
    return with(request, other, notFrom);
  }

  /** The same that is not told of what these have done. */
  public Recipient notFrom(Set<String> others) {
    return with(request, connection, others);
  }

  private Recipient with(
      RequestOptions requests, ConnectionOptions connections, Set<String> others) {
    return new Recipient(
        name,
        url,
        authentication,
        processing,
        timeout,
        acknowledge,
        retry,
        breakerConfig,
        backlog,
        allow,
        tls,
        format,
        requests,
        connections,
        others,
        start,
        subscriptions);
  }

  /**
   * One of this machine's own, instead of this recipient, which is sent the same, shaped and signed
   * the same, but without what only the recipient may know.
   *
   * @param other on the loopback, plain HTTP
   */
  public Recipient inPlace(URI other) {
    return new Recipient(
        name,
        other,
        new Authentication(
            authentication.hmac(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            authentication.ed25519()),
        processing,
        timeout,
        acknowledge,
        retry,
        breakerConfig,
        backlog,
        new EgressPolicy(true, List.of(CidrBlock.parse("127.0.0.0/8"))),
        TlsConfig.DEFAULT,
        format,
        new RequestOptions(
            Map.of(),
            request.line(),
            request.maxBody(),
            request.integers(),
            request.batch(),
            request.unchanged()),
        ConnectionOptions.DEFAULT,
        notFrom,
        Start.now,
        subscriptions);
  }

  /** A recipient like most. */
  public Recipient(
      String name,
      URI url,
      Authentication authentication,
      DeliveryMode processing,
      Duration timeout,
      RetryPolicy retry,
      List<Subscription> subscriptions) {
    this(
        name,
        url,
        authentication,
        processing,
        timeout,
        AcknowledgementRule.ANY_2XX,
        retry,
        CircuitBreakerConfig.DEFAULT,
        BacklogLimit.DEFAULT,
        EgressPolicy.NOTHING,
        TlsConfig.DEFAULT,
        BodyFormat.json,
        subscriptions);
  }

  @Override
  public String toString() {
    return "Recipient[" + name + "]"; // the URL's query may hold a secret
  }
}
