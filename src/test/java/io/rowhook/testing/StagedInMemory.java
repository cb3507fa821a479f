package io.rowhook.testing;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventLog.StagedEvents;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.Staged;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a journal has staged, without a disk. */
public final class StagedInMemory implements Staged {

  private final Map<String, NetChange> changes;
  private final List<NetChange> inOrder;
  private final Map<String, List<NetChange>> owners = new LinkedHashMap<>();

  /**
   * @param changes by entity key, in the order of first touch
   */
  public StagedInMemory(Map<String, NetChange> changes) {
    this.changes = changes;
    this.inOrder = List.copyOf(changes.values());
  }

  /** One event, or none, for each change. */
  public static StagedEvents each(Function<NetChange, @Nullable Event> toEvent) {
    return (staged, events) -> {
      for (Ordered ordered : staged.after(0, Integer.MAX_VALUE, Integer.MAX_VALUE)) {
        Event event = toEvent.apply(ordered.change());
        if (event != null) {
          events.accept(event);
        }
      }
      return List.of();
    };
  }

  @Override
  public List<Ordered> after(long ordinal, int limit, int maxWeight) {
    List<Ordered> found = new ArrayList<>();
    for (long i = ordinal; i < inOrder.size() && found.size() < limit; i++) {
      found.add(new Ordered(i + 1, inOrder.get((int) i)));
    }
    return found;
  }

  @Override
  public Optional<NetChange> find(String entityKey) {
    return Optional.ofNullable(changes.get(entityKey));
  }

  @Override
  public void assign(long ordinal, String owner) {
    owners.computeIfAbsent(owner, _ -> new ArrayList<>()).add(inOrder.get((int) ordinal - 1));
  }

  @Override
  public void eachOwner(BiConsumer<String, List<NetChange>> taker) {
    owners.forEach(taker);
  }
}
