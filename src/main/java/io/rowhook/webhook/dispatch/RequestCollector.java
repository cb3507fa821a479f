package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.recipient.BatchConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Puts what may be attempted now into requests: one delivery each, or, for a recipient with {@code
 * batch}, as many as it takes. Owned by the dispatcher's thread.
 *
 * <p>Only what is attempted for the first time goes with others: so a delivery that a recipient
 * refuses takes others with it once at most.
 */
final class RequestCollector {

  /** Events of one request, together. */
  static final long BYTES = 1L << 20;

  private final DeliveryBuffer buffer;
  private final Optional<BatchConfig> batch;
  private List<Delivery> collected = new ArrayList<>(); // taken out of the buffer, and not started
  private long bytes;
  private Instant due = Instant.MAX; // goes out then, whatever is still missing
  private boolean late; // what comes next has waited already

  /**
   * Collects nothing yet.
   *
   * @param batch empty: each request has one delivery
   */
  RequestCollector(DeliveryBuffer buffer, Optional<BatchConfig> batch) {
    this.buffer = buffer;
    this.batch = batch;
  }

  /** The next requests, at most so many. */
  List<List<Delivery>> next(int most, Instant now) throws InterruptedException {
    List<List<Delivery>> requests = new ArrayList<>();
    if (batch.isEmpty()) {
      for (Delivery delivery : buffer.next(most)) {
        requests.add(List.of(delivery));
      }
      return requests;
    }
    while (requests.size() < most) {
      List<Delivery> next = buffer.next(1);
      if (next.isEmpty()) {
        break;
      }
      collect(next.getFirst(), batch.get(), now, requests);
    }
    if (requests.size() < most && !due.isAfter(now)) {
      requests.add(taken());
    }
    return requests;
  }

  private void collect(
      Delivery delivery, BatchConfig most, Instant now, List<List<Delivery>> requests) {
    if (delivery.attempts() > 0 || delivery.redelivery() > 0) {
      requests.add(List.of(delivery));
      return;
    }
    if (!collected.isEmpty() && bytes + delivery.bytes() > BYTES) {
      buffer.queue().returnToHead(delivery); // nothing may be collected beside what is sent
      requests.add(taken());
      return;
    }
    Instant latest = late ? now : latest(delivery, most, now);
    late = false;
    due = latest.isBefore(due) ? latest : due;
    collected.add(delivery);
    bytes += delivery.bytes();
    if (collected.size() == most.max()) {
      requests.add(taken());
    }
  }

  /** It may wait since its commit: one that waited for its turn has done so. */
  private static Instant latest(Delivery delivery, BatchConfig most, Instant now) {
    Instant since = delivery.event().committedAt().plus(most.linger());
    Instant bound = now.plus(most.linger()); // the source's clock may be ahead
    return since.isBefore(now) ? now : since.isAfter(bound) ? bound : since;
  }

  private List<Delivery> taken() {
    List<Delivery> request =
        collected.stream().sorted(Comparator.comparingLong(Delivery::sequence)).toList();
    collected = new ArrayList<>();
    bytes = 0;
    due = Instant.MAX;
    return request;
  }

  /** Some did not fit their request: they are the next, and wait no more. */
  void unsent() {
    late = true;
  }

  /** When what was collected goes out; {@link Instant#MAX}: there is nothing. */
  Instant due() {
    return due;
  }
}
