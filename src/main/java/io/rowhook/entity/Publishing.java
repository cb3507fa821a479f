package io.rowhook.entity;

import io.rowhook.capture.ExactJson;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Owners.Orphan;
import io.rowhook.entity.Owners.Others;
import io.rowhook.entity.Owners.Parents;
import io.rowhook.entity.Owners.Step;
import io.rowhook.entity.RowMapper.Unmappable;
import io.rowhook.entity.SpilledChanges.Assignment;
import io.rowhook.entity.SpilledChanges.Owned;
import io.rowhook.entity.SpilledChanges.Spilled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
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

  /** How many staged changes, or entities, are worked on at once. */
  private static final int CHUNK = 1_000;

  /** The same, in bytes of heap; two chunks are in memory at once. */
  private static final int CHUNK_WEIGHT = 4 << 20;

  /** Of rows that are entities by themselves; small enough to be gone before it is old garbage. */
  private static final int SMALL_CHUNK = 250;

  /** Bytes of events that are made before they are taken away, whatever is read for them. */
  private static final long MOST_MADE = 8 << 20;

  private static final String TOO_MANY =
      "what one transaction did to it holds more than %d MB, which would fill the memory; give Java more of it, as JAVA_OPTS=-Xmx%dm does"
          .formatted(SpilledChanges.MOST_OWNED >> 20, Runtime.getRuntime().maxMemory() >> 19);

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
    Parents parents = new Parents();
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

  private NetChange seen(NetChange change) {
    return visibility.apply(List.of(change), (_, _) -> {}).getFirst();
  }

  private List<NetChange> seen(Collection<NetChange> changes, Outcome outcome) {
    return visibility.apply(changes, (change, why) -> outcome.reject(orphan(change, why)));
  }

  private Collection<Touched> sort(Ended one, int moment, Others others, Parents parents) {
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
      } catch (Orphan e) {
        one.reject(orphan(change, String.valueOf(e.getMessage())));
      } catch (RuntimeException | StackOverflowError e) {
        one.reject(orphan(change, cannotBeMade(e)));
      }
    }
    return sorted.values();
  }

  private RejectedRow orphan(NetChange change, String why) {
    counts.rejected.increment();
    Shapes.Named named = shapes.named(change.entityType());
    return new RejectedRow(
        named.part() == null ? named.shape().type().table() : named.part().part().table(),
        change.after() == null ? "DELETE" : change.existed() ? "UPDATE" : "INSERT",
        ExactJson.text(change.id()),
        why);
  }

  private void add(Touched entity, NetChange change) {
    Shape.Node part = shapes.named(change.entityType()).part();
    if (part == null) {
      entity.addRoot(change);
    } else {
      entity.add(change, part);
    }
  }

  /** An entity without parts is one row, and its own. */
  private static Touched alone(Outcome outcome, Shape shape, NetChange change) {
    Optional<RowKey> key =
        shape.isRead() || !change.isWhole()
            ? RowKey.of(change.after() == null ? change.before() : change.after(), shape.key())
            : Optional.empty();
    Touched entity = new Touched(outcome, shape, key);
    entity.addRoot(change);
    return entity;
  }

  /** Takes the events of one chunk after the other. */
  interface ChunkSink {
    void take(List<Event> events) throws InterruptedException;
  }

  /**
   * Makes the events of a staged transaction, a chunk at a time.
   *
   * @param rejected is given the rows that no event can be made of
   */
  void make(
      SpilledChanges spilled,
      boolean withParts,
      Transaction transaction,
      Rejections rejected,
      ChunkSink sink)
      throws InterruptedException {
    if (withParts) {
      assignOwners(spilled, new Ended(transaction, rejected));
      makeOwned(spilled, transaction, rejected, sink);
      return;
    }
    List<Spilled> changes = spilled.after(0, SMALL_CHUNK, CHUNK_WEIGHT);
    while (!changes.isEmpty()) {
      Ended chunk = new Ended(transaction, rejected);
      compose(
          seen(changes.stream().map(Spilled::change).toList(), chunk).stream()
              .map(change -> alone(chunk, shapes.named(change.entityType()).shape(), change))
              .toList(),
          false,
          _ -> take(chunk, sink));
      take(chunk, sink);
      changes = spilled.after(changes.getLast().ordinal(), SMALL_CHUNK, CHUNK_WEIGHT);
    }
  }

  private void makeOwned(
      SpilledChanges spilled, Transaction transaction, Rejections rejected, ChunkSink sink)
      throws InterruptedException {
    List<Owned> owned = spilled.ownedAfter(0, CHUNK, CHUNK_WEIGHT);
    while (!owned.isEmpty()) {
      Ended chunk = new Ended(transaction, rejected);
      compose(owned(chunk, owned), false, _ -> take(chunk, sink));
      take(chunk, sink);
      owned = spilled.ownedAfter(owned.getLast().ordinal(), CHUNK, CHUNK_WEIGHT);
    }
  }

  private void take(Ended chunk, ChunkSink sink) throws InterruptedException {
    sink.take(chunk.taken());
    made = 0;
  }

  private List<Touched> owned(Outcome chunk, List<Owned> owned) {
    List<Touched> entities = new ArrayList<>();
    Iterator<NetChange> seen =
        visibility // what cannot be judged was rejected as it was assigned
            .apply(owned.stream().flatMap(one -> one.changes().stream()).toList(), (_, _) -> {})
            .iterator();
    for (Owned one : owned) {
      List<NetChange> own = one.changes().stream().map(_ -> seen.next()).toList();
      Touched entity = owned(chunk, one.owner(), own);
      if (one.whole()) {
        entities.add(entity);
      } else {
        reject(entity, TOO_MANY);
      }
    }
    spell(entities);
    return entities;
  }

  private void spell(List<Touched> entities) {
    Spellings spellings = new Spellings();
    Set<String> transactions = new HashSet<>();
    for (Touched entity : entities) {
      if (entity.shape().isSpelled()) {
        for (Shape.Node part : entity.shape().parts()) {
          Shapes.Named named = shapes.named(part.path());
          entity.changes(part).forEach(change -> spellings.add(change, named));
        }
        entity.roots().forEach(root -> spellings.add(root, shapes.named(root.entityType())));
        transactions.add(entity.outcome().transaction().id());
        entity.spell(spellings);
      }
    }
    spellings.read(rows, transactions);
  }

  private void assignOwners(SpilledChanges spilled, Outcome transaction) {
    Others others =
        key ->
            spilled.find(key).map(change -> List.of(new Step(0, seen(change)))).orElse(List.of());
    List<Spilled> changes = spilled.after(0, CHUNK, CHUNK_WEIGHT);
    while (!changes.isEmpty()) {
      Parents parents = new Parents();
      List<NetChange> seen = seen(changes.stream().map(Spilled::change).toList(), transaction);
      seen.forEach(change -> owners.want(change, others, parents));
      parents.read(rows, Set.of(transaction.transaction().id()));
      List<Assignment> assignments = new ArrayList<>();
      for (int i = 0; i < seen.size(); i++) {
        for (String owner : owners(seen.get(i), others, parents, transaction)) {
          assignments.add(new Assignment(changes.get(i).ordinal(), owner));
        }
      }
      spilled.assign(assignments);
      changes = spilled.after(changes.getLast().ordinal(), CHUNK, CHUNK_WEIGHT);
    }
  }

  private List<String> owners(
      NetChange change, Others others, Parents parents, Outcome transaction) {
    if (shapes.named(change.entityType()).isAlone()) {
      return List.of(change.entityKey());
    }
    try {
      return owners.of(change, 0, others, parents).stream().map(Owner::text).toList();
    } catch (Orphan e) {
      transaction.reject(orphan(change, String.valueOf(e.getMessage())));
      return List.of();
    }
  }

  private Touched owned(Outcome outcome, String text, List<NetChange> changes) {
    Shapes.Named first = shapes.named(changes.getFirst().entityType());
    if (first.isAlone()) {
      return alone(outcome, first.shape(), changes.getFirst());
    }
    Owner owner = Owner.parse(text, shapes.byName());
    Touched entity = new Touched(outcome, owner.shape(), Optional.of(owner.key()));
    changes.forEach(change -> add(entity, change));
    return entity;
  }

  /** Reads for all of them at once, or for as many as fit. */
  private void compose(List<Touched> entities, boolean followed, Relief relief)
      throws InterruptedException {
    List<Touched> read = entities.stream().filter(Touched::isRead).toList();
    Found found = null;
    if (!read.isEmpty()) {
      try {
        found = Found.read(rows, read, transactions(read), entities.size() > 1);
      } catch (RowLookup.TooMuch e) {
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

  private void reject(Touched entity, String reason) {
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
