package io.rowhook.entity.transaction;

import io.rowhook.capture.RowLookup;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventCollector;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import io.rowhook.entity.SpilledChanges.Assignment;
import io.rowhook.entity.SpilledChanges.Owned;
import io.rowhook.entity.SpilledChanges.Spilled;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.AggregateResolver;
import io.rowhook.entity.aggregate.AggregateResolver.Others;
import io.rowhook.entity.aggregate.AggregateResolver.Step;
import io.rowhook.entity.aggregate.AggregateRoot;
import io.rowhook.entity.aggregate.KeyNormalizer;
import io.rowhook.entity.aggregate.OrphanException;
import io.rowhook.entity.aggregate.ParentLookup;
import io.rowhook.entity.change.VisibilityFilter;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
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
 * other. Used as its {@link EventAssembler} is.
 */
public final class SpilledEventAssembler {

  /** How many staged changes, or entities, are worked on at once. */
  private static final int CHUNK = 1_000;

  /** The same, in bytes of heap; two chunks are in memory at once. */
  private static final int CHUNK_WEIGHT = 4 << 20;

  /** Of rows that are entities by themselves; small enough to be gone before it is old garbage. */
  private static final int SMALL_CHUNK = 250;

  private static final String TOO_MANY =
      "what one transaction did to it holds more than %d MB, which would fill the memory; give Java more of it, as JAVA_OPTS=-Xmx%dm does"
          .formatted(SpilledChanges.MOST_OWNED >> 20, Runtime.getRuntime().maxMemory() >> 19);

  private final EventAssembler assembler;
  private final EntitySchemas schemas;
  private final AggregateResolver resolver;
  private final RowLookup rows;
  private final VisibilityFilter filter;

  public SpilledEventAssembler(EventAssembler assembler, EntitySchemas schemas, RowLookup rows) {
    this.assembler = assembler;
    this.schemas = schemas;
    this.resolver = new AggregateResolver(schemas);
    this.rows = rows;
    this.filter = new VisibilityFilter(schemas, rows);
  }

  /** Takes the events of one chunk after the other. */
  public interface ChunkSink {
    void take(List<Event> events) throws InterruptedException;
  }

  /**
   * Makes the events of a staged transaction, a chunk at a time.
   *
   * @param rejected is given the rows that no event can be made of
   * @param messages what the transaction says to Rowhook
   */
  public void make(
      SpilledChanges spilled,
      boolean withParts,
      Transaction transaction,
      RejectedRows rejected,
      TransactionMessages messages,
      ChunkSink sink)
      throws InterruptedException {
    if (withParts) {
      assignOwners(spilled, new CompletedTransaction(transaction, rejected, messages));
      makeOwned(spilled, transaction, rejected, messages, sink);
      return;
    }
    List<Spilled> changes = spilled.after(0, SMALL_CHUNK, CHUNK_WEIGHT);
    while (!changes.isEmpty()) {
      CompletedTransaction chunk = new CompletedTransaction(transaction, rejected, messages);
      assembler.compose(
          seen(changes.stream().map(Spilled::change).toList(), chunk).stream()
              .map(change ->
                  EventAssembler.alone(chunk, schemas.named(change.entityType()).schema(), change))
              .toList(),
          false,
          _ -> take(chunk, sink));
      take(chunk, sink);
      changes = spilled.after(changes.getLast().ordinal(), SMALL_CHUNK, CHUNK_WEIGHT);
    }
  }

  private void makeOwned(
      SpilledChanges spilled,
      Transaction transaction,
      RejectedRows rejected,
      TransactionMessages messages,
      ChunkSink sink)
      throws InterruptedException {
    List<Owned> owned = spilled.ownedAfter(0, CHUNK, CHUNK_WEIGHT);
    while (!owned.isEmpty()) {
      CompletedTransaction chunk = new CompletedTransaction(transaction, rejected, messages);
      assembler.compose(owned(chunk, owned), false, _ -> take(chunk, sink));
      take(chunk, sink);
      owned = spilled.ownedAfter(owned.getLast().ordinal(), CHUNK, CHUNK_WEIGHT);
    }
  }

  private void take(CompletedTransaction chunk, ChunkSink sink) throws InterruptedException {
    sink.take(chunk.taken());
    assembler.taken();
  }

  private List<AggregateChange> owned(EventCollector chunk, List<Owned> owned) {
    List<AggregateChange> entities = new ArrayList<>();
    Iterator<NetChange> seen =
        filter // what cannot be judged was rejected as it was assigned
            .apply(owned.stream().flatMap(one -> one.changes().stream()).toList(), (_, _) -> {})
            .iterator();
    for (Owned one : owned) {
      List<NetChange> own = one.changes().stream().map(_ -> seen.next()).toList();
      AggregateChange entity = owned(chunk, one.owner(), own);
      if (one.whole()) {
        entities.add(entity);
      } else {
        assembler.reject(entity, TOO_MANY);
      }
    }
    spell(entities);
    return entities;
  }

  private void spell(List<AggregateChange> entities) {
    KeyNormalizer normalizer = new KeyNormalizer();
    Set<String> transactions = new HashSet<>();
    for (AggregateChange entity : entities) {
      if (entity.schema().isSpelled()) {
        for (EntitySchema.Node part : entity.schema().parts()) {
          EntitySchemas.Named named = schemas.named(part.path());
          entity.changes(part).forEach(change -> normalizer.add(change, named));
        }
        entity.roots().forEach(root -> normalizer.add(root, schemas.named(root.entityType())));
        transactions.add(entity.outcome().transaction().id());
        entity.spell(normalizer);
      }
    }
    normalizer.read(rows, transactions);
  }

  private void assignOwners(SpilledChanges spilled, EventCollector transaction) {
    Others others =
        key ->
            spilled.find(key).map(change -> List.of(new Step(0, seen(change)))).orElse(List.of());
    List<Spilled> changes = spilled.after(0, CHUNK, CHUNK_WEIGHT);
    while (!changes.isEmpty()) {
      ParentLookup parents = new ParentLookup();
      List<NetChange> seen = seen(changes.stream().map(Spilled::change).toList(), transaction);
      seen.forEach(change -> resolver.want(change, others, parents));
      parents.read(rows, Set.of(transaction.transaction().id()));
      List<Assignment> assignments = new ArrayList<>();
      for (int i = 0; i < seen.size(); i++) {
        for (String owner : owners(seen.get(i), others, parents, transaction)) {
          assignments.add(new Assignment(changes.get(i).ordinal(), owner));
        }
      }
      spilled.assign(assignments);
      assembler.stepped();
      changes = spilled.after(changes.getLast().ordinal(), CHUNK, CHUNK_WEIGHT);
    }
  }

  private List<String> owners(
      NetChange change, Others others, ParentLookup parents, EventCollector transaction) {
    if (schemas.named(change.entityType()).isAlone()) {
      return List.of(change.entityKey());
    }
    try {
      return resolver.of(change, 0, others, parents).stream().map(AggregateRoot::text).toList();
    } catch (OrphanException e) {
      transaction.reject(assembler.orphan(change, String.valueOf(e.getMessage())));
      return List.of();
    }
  }

  private AggregateChange owned(EventCollector outcome, String text, List<NetChange> changes) {
    EntitySchemas.Named first = schemas.named(changes.getFirst().entityType());
    if (first.isAlone()) {
      return EventAssembler.alone(outcome, first.schema(), changes.getFirst());
    }
    AggregateRoot root = AggregateRoot.parse(text, schemas.byName());
    AggregateChange entity = new AggregateChange(outcome, root.schema(), Optional.of(root.key()));
    changes.forEach(change -> assembler.add(entity, change));
    return entity;
  }

  private NetChange seen(NetChange change) {
    return filter.apply(List.of(change), (_, _) -> {}).getFirst();
  }

  private List<NetChange> seen(Collection<NetChange> changes, EventCollector outcome) {
    return filter.apply(changes, (change, why) -> outcome.reject(assembler.orphan(change, why)));
  }
}
