package io.rowhook.entity;

import io.rowhook.base.Json;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.entity.Owners.Others;
import io.rowhook.entity.RowMapper.Unmappable;
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
final class Publishing {

  /** Bytes of events that are made before they are taken away, whatever is read for them. */
  private static final long MOST_MADE = 8 << 20;

  private static final Logger log = LoggerFactory.getLogger(Publishing.class);

  private final Shapes shapes;
  private final Owners owners;
  private final EventMaker maker;
  private final RowLookup rows;
  private final EntityCounts counts;
  private final Visibility visibility;

  /** Bytes of events that were made and not taken away. */
  private long made;

  /** Takes away what was made, up to and with what an outcome has by now, before it is too much. */
  interface Relief {
    void take(Outcome current) throws InterruptedException;
  }

  Publishing(Shapes shapes, EventMaker maker, RowLookup rows, EntityCounts counts) {
    this.shapes = shapes;
    this.owners = new Owners(shapes);
    this.maker = maker;
    this.rows = rows;
    this.counts = counts;
    this.visibility = new Visibility(shapes, rows);
  }

  /**
   * Makes the events of some transactions, in their order: reads for all of them at once.
   *
   * @param followed whether what is read shows no other transaction that is not published yet
   */
  void make(List<Ended> transactions, boolean followed, Relief relief) throws InterruptedException {
    made = 0;
    if (visibility.isNeeded()) {
      seen(transactions);
    }
    ParentLookup parents = new ParentLookup();
    Others others =
        owners.others(transactions.stream().map(one -> one.changes().values()).toList());
    for (Ended one : transactions) {
      one.changes().values().forEach(change -> owners.want(change, others, parents));
    }
    parents.read(
        rows, transactions.stream().map(one -> one.transaction().id()).collect(Collectors.toSet()));
    List<Collection<Touched>> touched = new ArrayList<>();
    PartHistory history = new PartHistory();
    for (int i = 0; i < transactions.size(); i++) {
      touched.add(sort(transactions.get(i), i, others, parents));
      addParts(transactions.get(i), i, history, parents.spellings());
    }
    List<Touched> entities = touched.stream().flatMap(Collection::stream).toList();
    entities.forEach(entity -> entity.spell(parents.spellings()));
    EntityHistory.place(touched, history);
    compose(entities, followed, relief);
  }

  /** Also those that belong to nothing that exists for us: they may have, and may again. */
  private void addParts(Ended one, int moment, PartHistory history, Spellings spellings) {
    if (!one.isRead()) {
      return;
    }
    for (NetChange change : one.changes().values()) {
      Shape.Node part = shapes.named(change.entityType()).part();
      if (part != null) {
        history.add(part, change, moment, spellings);
      }
    }
  }

  /** Has what the transactions did judged for all of them at once. */
  private void seen(List<Ended> transactions) {
    IdentityHashMap<NetChange, Ended> of = new IdentityHashMap<>();
    List<NetChange> all = new ArrayList<>();
    for (Ended one : transactions) {
      one.changes().values().forEach(change -> of.put(change, one));
      all.addAll(one.changes().values());
    }
    Iterator<NetChange> seen =
        visibility
            .apply(
                all,
                (change, why) -> Objects.requireNonNull(of.get(change)).reject(orphan(change, why)))
            .iterator();
    for (Ended one : transactions) {
      one.changes().replaceAll((_, _) -> seen.next());
    }
  }

  private Collection<Touched> sort(Ended one, int moment, Others others, ParentLookup parents) {
    Map<String, Touched> sorted = new LinkedHashMap<>();
    for (NetChange change : one.changes().values()) {
      Shapes.Named named = shapes.named(change.entityType());
      if (named.isAlone()) {
        sorted.put(change.entityKey(), alone(one, named.shape(), change));
        continue;
      }
      try {
        for (Owner owner : owners.of(change, moment, others, parents)) {
          add(
              sorted.computeIfAbsent(
                  owner.text(), _ -> new Touched(one, owner.shape(), Optional.of(owner.key()))),
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
    Shapes.Named named = shapes.named(change.entityType());
    return new RejectedRow(
        named.part() == null ? named.shape().type().table() : named.part().part().table(),
        change.after() == null ? "DELETE" : change.existed() ? "UPDATE" : "INSERT",
        Json.text(change.id()),
        why);
  }

  void add(Touched entity, NetChange change) {
    Shape.Node part = shapes.named(change.entityType()).part();
    if (part == null) {
      entity.addRoot(change);
    } else {
      entity.add(change, part);
    }
  }

  /** An entity without parts is one row, and its own. */
  static Touched alone(Outcome outcome, Shape shape, NetChange change) {
    Optional<RowKey> key =
        shape.isRead() || !change.isWhole()
            ? RowKey.of(change.after() == null ? change.before() : change.after(), shape.key())
            : Optional.empty();
    Touched entity = new Touched(outcome, shape, key);
    entity.addRoot(change);
    return entity;
  }

  /** Notes that all that was made has been taken away. */
  void taken() {
    made = 0;
  }

  /** Reads for all of them at once, or for as many as fit. */
  void compose(List<Touched> entities, boolean followed, Relief relief)
      throws InterruptedException {
    List<Touched> read = entities.stream().filter(Touched::isRead).toList();
    Found found = null;
    if (!read.isEmpty()) {
      try {
        found = Found.read(rows, read, transactions(read), entities.size() > 1);
      } catch (RowLookup.TooMuchException e) {
        if (entities.size() == 1) {
          log.warn("An event says only what the log has: {}", e.getMessage());
          compose(entities.getFirst(), Found.nothing(), followed, relief);
          return;
        }
        int half = entities.size() / 2;
        compose(entities.subList(0, half), followed, relief);
        compose(entities.subList(half, entities.size()), followed, relief);
        return;
      }
    }
    for (Touched entity : entities) {
      compose(
          entity, found != null && entity.isRead() ? of(entity, found) : null, followed, relief);
    }
  }

  private static Found of(Touched entity, Found found) {
    return found.of(entity.outcome().transaction());
  }

  private static Set<String> transactions(List<Touched> entities) {
    return entities.stream()
        .map(entity -> entity.outcome().transaction().id())
        .collect(Collectors.toUnmodifiableSet());
  }

  private void compose(Touched entity, @Nullable Found found, boolean followed, Relief relief)
      throws InterruptedException {
    Outcome outcome = entity.outcome();
    List<Event> all = new ArrayList<>(1);
    try {
      Composer.compose(
          entity, found, followed, draft -> all.add(maker.make(draft, outcome.transaction())));
    } catch (EventMaker.TooLarge e) {
      if (found == null || found.isNothing()) {
        reject(entity, String.valueOf(e.getMessage()));
      } else {
        log.warn("An event says only what the log has: {}", e.getMessage());
        compose(entity, Found.nothing(), followed, relief);
      }
      return;
    } catch (Unmappable e) {
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
  static String cannotBeMade(Throwable why) {
    StackTraceElement[] at = why.getStackTrace();
    return "its event cannot be made: %s%s"
        .formatted(why.getClass().getSimpleName(), at.length == 0 ? "" : " in " + at[0]);
  }

  void reject(Touched entity, String reason) {
    counts.rejected.increment();
    entity
        .outcome()
        .reject(
            new RejectedRow(
                entity.shape().type().table(),
                "UPDATE",
                entity.key().map(RowKey::text).orElse("{}"),
                reason));
  }
}
