package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.Outbound.retry;

import io.rowhook.entity.EventType;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.Receiver;
import io.rowhook.webhook.Outbound;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A recipient that wants only the latest of each order. */
final class LatestOnlyShop {

  static final Set<EventType> ALL = Set.of(EventType.values());

  private LatestOnlyShop() {}

  static DeliveryMode processing(boolean sequential, int jobs) {
    return sequential ? new Sequential() : new Parallel(jobs);
  }

  static Subscription latestOnly(Set<EventType> events) {
    return new Subscription(
        "Order",
        events,
        Optional.empty(),
        Set.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  static Recipient shop(
      Receiver receiver,
      DeliveryMode processing,
      RetryPolicy retry,
      Subscription... subscriptions) {
    Recipient like = Outbound.recipient("shop", receiver.url("/"), processing, retry);
    return with(
        like, subscriptions.length == 0 ? List.of(latestOnly(ALL)) : List.of(subscriptions));
  }

  /** The same recipient, which is sent the latest only. */
  static Recipient latestOnly(Recipient like) {
    return with(like, List.of(latestOnly(ALL)));
  }

  private static Recipient with(Recipient like, List<Subscription> subscriptions) {
    return new Recipient(
            like.name(),
            like.url(),
            like.authentication(),
            like.processing(),
            like.timeout(),
            like.acknowledge(),
            like.retry(),
            like.breakerConfig(),
            like.backlog(),
            like.allow(),
            like.tls(),
            like.format(),
            subscriptions)
        .with(like.request());
  }
}
