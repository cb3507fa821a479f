package io.rowhook.entity;

import io.rowhook.capture.RowLookup;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Owners.Others;
import io.rowhook.entity.Owners.Step;
import io.rowhook.entity.SpilledChanges.Assignment;
import io.rowhook.entity.SpilledChanges.Owned;
import io.rowhook.entity.SpilledChanges.Spilled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the events of one transaction that is too large for memory, a chunk at a time: each change
 * is assigned to the entities that it belongs to first, and then these are made one after the
 * other. Used as its {@link Publishing} is.
 */
final class SpilledPublishing {

  /** How many staged changes, or entities, are worked on at once. */
  private static final int CHUNK = 1_000;

  /** The same, in bytes of heap; two chunks are in memory at once. */
  private static final int CHUNK_WEIGHT = 4 << 20;

  /** Of rows that are entities by themselves; small enough to be gone before it is old garbage. */
  private static final int SMALL_CHUNK = 250;

  private static final String TOO_MANY =
      "what one transaction did to it holds more than %d MB, which would fill the memory; give Java more of it, as JAVA_OPTS=-Xmx%dm does"
          .formatted(SpilledChanges.MOST_OWNED >> 20, Runtime.getRuntime().maxMemory() >> 19);

  private final Publishing publishing;
  private final Shapes shapes;
  private final Owners owners;
  private final RowLookup rows;
  private final Visibility visibility;

  SpilledPublishing(Publishing publishing, Shapes shapes, RowLookup rows) {
    this.publishing = publishing;
    this.shapes = shapes;
    this.owners = new Owners(shapes);
    this.rows = rows;
    this.visibility = new Visibility(shapes, rows);
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
      publishing.compose(
          seen(changes.stream().map(Spilled::change).toList(), chunk).stream()
              .map(change ->
                  Publishing.alone(chunk, shapes.named(change.entityType()).shape(), change))
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
      publishing.compose(owned(chunk, owned), false, _ -> take(chunk, sink));
      take(chunk, sink);
      owned = spilled.ownedAfter(owned.getLast().ordinal(), CHUNK, CHUNK_WEIGHT);
    }
  }

  private void take(Ended chunk, ChunkSink sink) throws InterruptedException {
    sink.take(chunk.taken());
    publishing.taken();
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
        publishing.reject(entity, TOO_MANY);
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
      ParentLookup parents = new ParentLookup();
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
      NetChange change, Others others, ParentLookup parents, Outcome transaction) {
    if (shapes.named(change.entityType()).isAlone()) {
      return List.of(change.entityKey());
    }
    try {
      return owners.of(change, 0, others, parents).stream().map(Owner::text).toList();
    } catch (OrphanException e) {
      transaction.reject(publishing.orphan(change, String.valueOf(e.getMessage())));
      return List.of();
    }
  }

  private Touched owned(Outcome outcome, String text, List<NetChange> changes) {
    Shapes.Named first = shapes.named(changes.getFirst().entityType());
    if (first.isAlone()) {
      return Publishing.alone(outcome, first.shape(), changes.getFirst());
    }
    Owner owner = Owner.parse(text, shapes.byName());
    Touched entity = new Touched(outcome, owner.shape(), Optional.of(owner.key()));
    changes.forEach(change -> publishing.add(entity, change));
    return entity;
  }

  private NetChange seen(NetChange change) {
    return visibility.apply(List.of(change), (_, _) -> {}).getFirst();
  }

  private List<NetChange> seen(Collection<NetChange> changes, Outcome outcome) {
    return visibility.apply(
        changes, (change, why) -> outcome.reject(publishing.orphan(change, why)));
  }
}
