package io.rowhook.testing;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.PendingDeliveries;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** What is pending for one recipient in memory: what is committed of it. */
abstract sealed class MemoryPendingDeliveries implements PendingDeliveries
    permits MemoryDeliveryStore {

  private final MemoryCommits commits;

  // Guarded by the journal.
  private final MemoryDeliveries deliveries;

  MemoryPendingDeliveries(MemoryCommits commits, MemoryDeliveries deliveries) {
    this.commits = commits;
    this.deliveries = deliveries;
  }

  @Override
  public boolean isOpen(long sequence, int redelivery) {
    return commits.reading(() -> deliveries.isOpen(sequence, redelivery));
  }

  @Override
  public List<Delivery> due(Instant now, int limit) {
    return commits.reading(() ->
        deliveries.waiting.headMap(now, true).values().stream()
            .flatMap(Set::stream)
            .limit(limit)
            .map(deliveries::exception)
            .toList());
  }

  @Override
  public Optional<Instant> nextDue() {
    return commits.reading(() -> deliveries.waiting.keySet().stream().findFirst());
  }

  @Override
  public Optional<Delivery> oldestOpen() {
    return commits.reading(
        () -> deliveries.allOpen.stream().findFirst().map(deliveries::exception));
  }

  @Override
  public List<Delivery> oldestUnrequested(int limit) {
    return commits.reading(() ->
        deliveries.allOpen.stream()
            .map(deliveries::exception)
            .filter(delivery -> delivery.redelivery() == 0)
            .limit(limit)
            .toList());
  }

  @Override
  public Optional<Delivery> oldestOpen(String entityKey) {
    return commits.reading(() ->
        deliveries.open.containsKey(entityKey)
            ? Optional.of(deliveries.exception(deliveries.open.get(entityKey).getFirst()))
            : Optional.empty());
  }

  @Override
  public List<Delivery> waitingNotBlocked(int limit) {
    return commits.reading(() ->
        deliveries.open.values().stream()
            .map(TreeSet::getFirst)
            .sorted()
            .map(deliveries::exception)
            .filter(delivery -> delivery.state() instanceof Blocked)
            .limit(limit)
            .toList());
  }

  @Override
  public OptionalLong holdsFrom(String entityKey) {
    return commits.reading(() -> holds(entityKey));
  }

  @Override
  public List<String> openEntities(int limit) {
    return commits.reading(() -> deliveries.open.keySet().stream().limit(limit).toList());
  }

  @Override
  public List<Delivery> waitingBehind(String entityKey, long after, int limit) {
    return commits.reading(() -> behind(entityKey, after, limit));
  }

  @Override
  public List<Delivery> waitingBehindNone(int limit) {
    return commits.reading(() ->
        deliveries.open.values().stream()
            .map(TreeSet::getFirst)
            .sorted()
            .map(deliveries::exception)
            .filter(delivery -> delivery.state() instanceof Blocked)
            .filter(this::isBehindNone)
            .limit(limit)
            .toList());
  }

  @Override
  public long open() {
    return commits.reading(() -> (long) deliveries.allOpen.size());
  }

  @Override
  public List<Delivery> requested(int limit) {
    return commits.reading(() ->
        deliveries.asked.stream()
            .map(deliveries::exception)
            .filter(delivery -> delivery.state() instanceof Retrying)
            .limit(limit)
            .toList());
  }

  /** Of the oldest of an entity that no person has redelivered. */
  private OptionalLong holds(String entityKey) {
    return deliveries.open.getOrDefault(entityKey, new TreeSet<>()).stream()
        .map(deliveries::exception)
        .filter(delivery -> delivery.redelivery() == 0)
        .mapToLong(delivery -> delivery.coalesced() == null ? delivery.sequence() : 0)
        .findFirst();
  }

  private List<Delivery> behind(String entityKey, long after, int limit) {
    return deliveries.allOpen.tailSet(after, false).stream()
        .map(deliveries::exception)
        .filter(delivery ->
            delivery.state() instanceof Blocked(String behind) && entityKey.equals(behind))
        .limit(limit)
        .toList();
  }

  /** Whether nothing that it is blocked behind holds it any more. */
  private boolean isBehindNone(Delivery delivery) {
    if (!(delivery.state() instanceof Blocked(String behind))
        || behind == null
        || delivery.redelivery() > 0) {
      return true;
    }
    return behind.equals(Blocked.ALL)
        ? deliveries.allOpen.headSet(delivery.sequence()).stream()
            .allMatch(earlier -> deliveries.exception(earlier).redelivery() > 0)
        : holds(behind).orElse(Long.MAX_VALUE) >= delivery.sequence();
  }
}
