package io.rowhook.entity.transaction;

import io.rowhook.base.Json;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventCollector;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.AggregateResolver;
import io.rowhook.entity.aggregate.AggregateResolver.Others;
import io.rowhook.entity.aggregate.AggregateRoot;
import io.rowhook.entity.aggregate.ChildRowHistory;
import io.rowhook.entity.aggregate.EntityHistory;
import io.rowhook.entity.aggregate.KeyNormalizer;
import io.rowhook.entity.aggregate.OrphanException;
import io.rowhook.entity.aggregate.ParentLookup;
import io.rowhook.entity.aggregate.ReadBackRows;
import io.rowhook.entity.change.RowChangeMapper.UnmappableException;
import io.rowhook.entity.change.VisibilityFilter;
import io.rowhook.entity.content.EventComposer;
import io.rowhook.entity.content.EventSerializer;
import io.rowhook.entity.resync.ChunkWindow;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the net changes of whole transactions into events: sorts them by entity, has read what the
 * log does not carry, and writes one event for each entity. One engine's; used by one thread at a
 * time.
 */
public final class EventAssembler {

  /** Bytes of events that are made before they are taken away, whatever is read for them. */
  private static final long MOST_MADE = 8 << 20;

  private static final Logger log = LoggerFactory.getLogger(EventAssembler.class);

  private final EntitySchemas schemas;
  private final AggregateResolver resolver;
  private final EventSerializer maker;
  private final RowLookup rows;
  private final EntityMetrics counts;
  private final VisibilityFilter filter;
  private final ChunkWindow resync;

  /** Bytes of events that were made and not taken away. */
  private long made;

  /** Takes away what was made, up to and with what an outcome has by now, before it is too much. */
  interface Relief {
    void take(EventCollector current) throws InterruptedException;
  }

  public EventAssembler(
      EntitySchemas schemas,
      EventSerializer maker,
      RowLookup rows,
      EntityMetrics counts,
      ChunkWindow resync) {
    this.schemas = schemas;
    this.resolver = new AggregateResolver(schemas);
    this.maker = maker;
    this.rows = rows;
    this.counts = counts;
    this.resync = resync;
    this.filter = new VisibilityFilter(schemas, rows);
  }

  /**
   * Makes the events of some transactions, in their order: reads for all of them at once.
   *
   * @param followed whether what is read shows no other transaction that is not published yet
   */
  void make(List<CompletedTransaction> transactions, boolean followed, Relief relief)
      throws InterruptedException {
    made = 0;
    if (filter.isNeeded()) {
      seen(transactions);
    }
    ParentLookup parents = new ParentLookup();
    Others others =
        resolver.others(transactions.stream().map(one -> one.changes().values()).toList());
    for (CompletedTransaction one : transactions) {
      one.changes().values().forEach(change -> resolver.want(change, others, parents));
    }
    parents.read(
        rows, transactions.stream().map(one -> one.transaction().id()).collect(Collectors.toSet()));
    List<Collection<AggregateChange>> touched = new ArrayList<>();
    ChildRowHistory history = new ChildRowHistory();
    for (int i = 0; i < transactions.size(); i++) {
      touched.add(sort(transactions.get(i), i, others, parents));
      addParts(transactions.get(i), i, history, parents.normalizer());
    }
    List<AggregateChange> entities = touched.stream().flatMap(Collection::stream).toList();
    entities.forEach(entity -> entity.spell(parents.normalizer()));
    EntityHistory.place(touched, history);
    compose(
        entities.stream().filter(entity -> !entity.outcome().isMuted()).toList(), followed, relief);
  }

  /** Also those that belong to nothing that exists for us: they may have, and may again. */
  private void addParts(
      CompletedTransaction one, int moment, ChildRowHistory history, KeyNormalizer normalizer) {
    if (!one.isRead()) {
      return;
    }
    for (NetChange change : one.changes().values()) {
      EntitySchema.Node part = schemas.named(change.entityType()).part();
      if (part != null) {
        history.add(part, change, moment, normalizer);
      }
    }
  }

  /** Has what the transactions did judged for all of them at once. */
  private void seen(List<CompletedTransaction> transactions) {
    IdentityHashMap<NetChange, CompletedTransaction> of = new IdentityHashMap<>();
    List<NetChange> all = new ArrayList<>();
    for (CompletedTransaction one : transactions) {
      one.changes().values().forEach(change -> of.put(change, one));
      all.addAll(one.changes().values());
    }
    Iterator<NetChange> seen =
        filter
            .apply(
                all,
                (change, why) -> Objects.requireNonNull(of.get(change)).reject(orphan(change, why)))
            .iterator();
    for (CompletedTransaction one : transactions) {
      one.changes().replaceAll((_, _) -> seen.next());
    }
  }

  private Collection<AggregateChange> sort(
      CompletedTransaction one, int moment, Others others, ParentLookup parents) {
    Map<String, AggregateChange> sorted = new LinkedHashMap<>();
    for (NetChange change : one.changes().values()) {
      EntitySchemas.Named named = schemas.named(change.entityType());
      if (named.isAlone()) {
        sorted.put(change.entityKey(), alone(one, named.schema(), change));
        continue;
      }
      try {
        for (AggregateRoot root : resolver.of(change, moment, others, parents)) {
          add(
              sorted.computeIfAbsent(
                  root.text(),
                  _ -> new AggregateChange(one, root.schema(), Optional.of(root.key()))),
              change);
        }
      } catch (OrphanException e) {
        one.reject(orphan(change, String.valueOf(e.getMessage())));
      } catch (RuntimeException | StackOverflowError e) {
        one.reject(orphan(change, cannotBeMade(e)));
      }
    }
    return sorted.values();
  }

  RejectedRow orphan(NetChange change, String why) {
    counts.rejected.increment();
    EntitySchemas.Named named = schemas.named(change.entityType());
    return new RejectedRow(
        named.part() == null ? named.schema().type().table() : named.part().part().table(),
        change.after() == null ? "DELETE" : change.existed() ? "UPDATE" : "INSERT",
        Json.text(change.id()),
        why);
  }

  void add(AggregateChange entity, NetChange change) {
    EntitySchema.Node part = schemas.named(change.entityType()).part();
    if (part == null) {
      entity.addRoot(change);
    } else {
      entity.add(change, part);
    }
  }

  /** An entity without parts is one row, and its own. */
  static AggregateChange alone(EventCollector outcome, EntitySchema schema, NetChange change) {
    Optional<RowKey> key =
        schema.isRead() || !change.isWhole()
            ? RowKey.of(change.after() == null ? change.before() : change.after(), schema.key())
            : Optional.empty();
    AggregateChange entity = new AggregateChange(outcome, schema, key);
    entity.addRoot(change);
    return entity;
  }

  /** Notes that all that was made has been taken away. */
  void taken() {
    made = 0;
  }

  /** Notes that a large transaction has got on by a step that makes no events. */
  void stepped() {
    counts.steps.increment();
  }

  /** Reads for all of them at once, or for as many as fit. */
  void compose(List<AggregateChange> entities, boolean followed, Relief relief)
      throws InterruptedException {
    List<AggregateChange> read = entities.stream().filter(AggregateChange::isRead).toList();
    ReadBackRows readBack = null;
    if (!read.isEmpty()) {
      try {
        readBack = ReadBackRows.read(rows, read, transactions(read), entities.size() > 1);
      } catch (RowLookup.TooMuchException e) {
        if (entities.size() == 1) {
          log.warn("An event says only what the log has: {}", e.getMessage());
          compose(entities.getFirst(), ReadBackRows.nothing(), followed, relief);
          return;
        }
        int half = entities.size() / 2;
        compose(entities.subList(0, half), followed, relief);
        compose(entities.subList(half, entities.size()), followed, relief);
        return;
      }
    }
    for (AggregateChange entity : entities) {
      compose(
          entity,
          readBack != null && entity.isRead() ? of(entity, readBack) : null,
          followed,
          relief);
    }
  }

  private static ReadBackRows of(AggregateChange entity, ReadBackRows readBack) {
    return readBack.of(entity.outcome().transaction());
  }

  private static Set<String> transactions(List<AggregateChange> entities) {
    return entities.stream()
        .map(entity -> entity.outcome().transaction().id())
        .collect(Collectors.toUnmodifiableSet());
  }

  private void compose(
      AggregateChange entity, @Nullable ReadBackRows readBack, boolean followed, Relief relief)
      throws InterruptedException {
    EventCollector outcome = entity.outcome();
    List<Event> all = new ArrayList<>(1);
    try {
      EventComposer.compose(
          entity,
          readBack,
          followed,
          draft -> {
            all.add(maker.make(draft, outcome.transaction(), outcome.context()));
            resync.touch(entity, draft);
          });
    } catch (EventSerializer.TooLargeException e) {
      if (readBack == null || readBack.isNothing()) {
        reject(entity, String.valueOf(e.getMessage()));
      } else {
        log.warn("An event says only what the log has: {}", e.getMessage());
        compose(entity, ReadBackRows.nothing(), followed, relief);
      }
      return;
    } catch (UnmappableException e) {
      reject(entity, "its row was deleted before it could be looked up: " + e.getMessage());
      return;
    } catch (RuntimeException | StackOverflowError e) {
      reject(entity, cannotBeMade(e));
      return;
    }
    for (Event event : all) {
      outcome.event(event);
      made += event.json().length;
    }
    (all.isEmpty() ? counts.unchanged : counts.events).add(Math.max(1, all.size()));
    if (made > MOST_MADE) {
      relief.take(outcome);
      made = 0;
    }
  }

  /** One row, or one entity, whose values nothing can be made of; in words without values. */
  public static String cannotBeMade(Throwable why) {
    StackTraceElement[] at = why.getStackTrace();
    return "its event cannot be made: %s%s"
        .formatted(why.getClass().getSimpleName(), at.length == 0 ? "" : " in " + at[0]);
  }

  void reject(AggregateChange entity, String reason) {
    counts.rejected.increment();
    entity
        .outcome()
        .reject(
            new RejectedRow(
                entity.schema().type().table(),
                "UPDATE",
                entity.key().map(RowKey::text).orElse("{}"),
                reason));
  }
}
