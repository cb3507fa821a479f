package io.rowhook.admin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.rowhook.admin.EventKind;
import io.rowhook.admin.PublicationListener;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what becomes durable in the journal: on the capture thread, with one addition an event.
 * What is shown of it is bounded by the entities of the settings.
 */
final class EventMeters implements PublicationListener {

  private final MeterRegistry registry;
  private final Delays delays;
  private final InstantSource clock;
  private final Map<EventKind, LongAdder> counts = new ConcurrentHashMap<>();
  private final Map<String, List<Meter>> shown = new HashMap<>(); // guarded by this

  EventMeters(MeterRegistry registry, Delays delays, InstantSource clock) {
    this.registry = registry;
    this.delays = delays;
    this.clock = clock;
  }

  @Override
  public void journaled(Transaction transaction, List<Event> events) {
    Instant now = clock.instant();
    if (events.isEmpty()) {
      delays.toJournal(transaction.committedAt(), now);
    } else {
      ExemplarSource.measure(
          events.getFirst(), () -> delays.toJournal(transaction.committedAt(), now));
    }
    events.forEach(event -> count(EventKind.of(event)).increment());
  }

  @Override
  public void journaledLarge(Transaction transaction, Map<EventKind, Long> events) {
    delays.toJournal(transaction.committedAt(), clock.instant());
    events.forEach((kind, many) -> count(kind).add(many));
  }

  private LongAdder count(EventKind kind) {
    LongAdder known = counts.get(kind);
    return known != null ? known : counts.computeIfAbsent(kind, _ -> new LongAdder());
  }

  /** Shows these entities, from their first event on, and no others any more. */
  synchronized void show(Collection<String> entities) {
    Set<String> gone = new HashSet<>(shown.keySet());
    entities.forEach(gone::remove);
    for (String entity : gone) {
      shown.getOrDefault(entity, List.of()).forEach(registry::remove);
      shown.remove(entity);
      counts.keySet().removeIf(kind -> kind.entityType().equals(entity));
    }
    for (String entity : entities) {
      shown.computeIfAbsent(entity, this::meters);
    }
  }

  private List<Meter> meters(String entity) {
    List<Meter> meters = new ArrayList<>();
    for (EventType type : EventType.OF_ENTITIES) {
      meters.add(
          FunctionCounter.builder(
                  "rowhook.events", count(new EventKind(entity, type)), LongAdder::sum)
              .description("Events that became durable in the journal.")
              .tag("entity", entity)
              .tag("event", type.name())
              .register(registry));
    }
    return meters;
  }
}
