package io.rowhook.testing;

import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventPublisher;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a journal has staged, without a disk. */
public final class SpilledInMemory implements SpilledChanges {

  private final Map<String, NetChange> changes;
  private final List<NetChange> inOrder;
  private final Map<String, List<NetChange>> owners = new LinkedHashMap<>();

  /**
   * @param changes by entity key, in the order of first touch
   */
  public SpilledInMemory(Map<String, NetChange> changes) {
    this.changes = changes;
    this.inOrder = List.copyOf(changes.values());
  }

  /** Publishes a staged transaction: one event, or none, for each change. */
  public static void publish(
      EventPublisher log, Transaction transaction, Function<NetChange, @Nullable Event> toEvent)
      throws InterruptedException {
    SpilledChanges spilled = log.staged();
    List<Spilled> chunk = spilled.after(0, 1_000, 1 << 20);
    while (!chunk.isEmpty()) {
      List<Event> events = new ArrayList<>();
      for (Spilled one : chunk) {
        Event event = toEvent.apply(one.change());
        if (event != null) {
          events.add(event);
        }
      }
      log.append(transaction, events);
      chunk = spilled.after(chunk.getLast().ordinal(), 1_000, 1 << 20);
    }
    log.publishStaged(transaction, List.of());
  }

  @Override
  public List<Spilled> after(long ordinal, int limit, int maxWeight) {
    List<Spilled> found = new ArrayList<>();
    for (long i = ordinal; i < inOrder.size() && found.size() < limit; i++) {
      found.add(new Spilled(i + 1, inOrder.get((int) i)));
    }
    return found;
  }

  @Override
  public Optional<NetChange> find(String entityKey) {
    return Optional.ofNullable(changes.get(entityKey));
  }

  @Override
  public void assign(List<Assignment> assignments) {
    for (Assignment one : assignments) {
      owners
          .computeIfAbsent(one.owner(), _ -> new ArrayList<>())
          .add(inOrder.get((int) one.ordinal() - 1));
    }
  }

  @Override
  public List<Owned> ownedAfter(long ordinal, int limit, int maxWeight) {
    List<Owned> found = new ArrayList<>();
    long at = 0;
    for (Map.Entry<String, List<NetChange>> one : owners.entrySet()) {
      at++;
      if (at > ordinal && found.size() < limit) {
        found.add(new Owned(at, one.getKey(), one.getValue(), true));
      }
    }
    return found;
  }
}
