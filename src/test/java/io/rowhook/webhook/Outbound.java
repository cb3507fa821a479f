package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.EventType;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Subscription;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.template.Template;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.MemoryJournal;
import io.rowhook.testing.PlainSets;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * What a dispatcher's test needs around it; everything real but the journal, which is in memory.
 */
public final class Outbound implements AutoCloseable {

  static final Duration LIMIT = Duration.ofSeconds(30);

  /** Lets a recipient fail as often as most tests want. */
  static final CircuitBreakerConfig SELDOM =
      new CircuitBreakerConfig(
          CircuitBreakerConfig.MOST_FAILURES,
          Duration.ofSeconds(1),
          List.of(Duration.ofSeconds(1)));

  final PlainSets sets = new PlainSets();
  public final List<RecipientDispatcher> dispatchers = new ArrayList<>();
  public MemoryJournal journal = new MemoryJournal();
  public InstantSource clock = InstantSource.system();
  public DeliveryListener listener = DeliveryListener.NONE;
  MemoryBudget budget = MemoryBudget.ofHeap();

  public static RetryPolicy retry(int... delaysMs) {
    return new RetryPolicy(
        Arrays.stream(delaysMs).mapToObj(Duration::ofMillis).toList(),
        RetryPolicy.From.previous,
        0);
  }

  public static Recipient recipient(
      String name, URI url, DeliveryMode processing, RetryPolicy retry) {
    return recipient(name, url, processing, retry, Duration.ofSeconds(5), Authentication.NONE);
  }

  public static Recipient recipient(
      String name,
      URI url,
      DeliveryMode processing,
      RetryPolicy retry,
      Duration timeout,
      Authentication authentication) {
    return new Recipient(
        name,
        url,
        authentication,
        processing,
        timeout,
        AcknowledgementRule.ANY_2XX,
        retry,
        SELDOM,
        new BacklogLimit(Duration.ofDays(36500), 1L << 40),
        EgressPolicy.NOTHING,
        TlsConfig.DEFAULT,
        BodyFormat.json,
        List.of(
            new Subscription(
                "Order", Set.of(EventType.values()), Optional.empty(), Optional.empty())));
  }

  /** All bodies are made by this set. */
  public void useSet(Template set) {
    sets.use(set);
  }

  /** Starts a dispatcher; a recipient that is new begins at the journal's head. */
  public RecipientDispatcher start(Recipient recipient) {
    journal.deliveries(recipient.name());
    RecipientDispatcher dispatcher =
        new RecipientDispatcher(
            recipient,
            journal,
            sets,
            new WebhookClient(AddressPolicy.ANY),
            clock,
            RandomGenerator.of("L64X128MixRandom"),
            listener,
            TraceHeaders.NONE,
            budget);
    dispatchers.add(dispatcher);
    dispatcher.start();
    return dispatcher;
  }

  public MemoryDeliveryStore store(String recipient) {
    return journal.store(recipient);
  }

  /** Waits until nothing waits any more. */
  public void settled(String recipient) {
    eventually(
        "all settled",
        () -> store(recipient).cursor() == journal.head() && store(recipient).open() == 0);
  }

  public static void eventually(String what, Callable<Boolean> condition) {
    Eventually.within(LIMIT, what, condition);
  }

  @Override
  public void close() {
    dispatchers.forEach(RecipientDispatcher::close);
    journal.close();
    assertThat(budget.used()).as("what the buffers have not given back").isZero();
  }
}
