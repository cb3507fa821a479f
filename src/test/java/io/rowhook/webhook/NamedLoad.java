package io.rowhook.webhook;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.NamedEntities;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Events of orders that name customers and articles, of customers that name orders now and then, so
 * that the types go round in circles, and the judge of their order: {@link #arrived} says what came
 * too early, {@link #ended} what is settled. Any thread.
 */
final class NamedLoad {

  private static final Instant NOON = Instant.parse("2026-05-24T12:00:00Z");

  /** In the journal's order: the n-th has sequence n + 1 and is {@code evt_} of that. */
  private final List<Event> events = new ArrayList<>();

  /** Of each the sequences that have to be settled when it arrives. */
  private final List<List<Integer>> before = new ArrayList<>();

  private final Map<String, List<Integer>> ofEntity = new HashMap<>(); // until they are made
  private final Map<String, List<Integer>> naming = new HashMap<>(); // since the last Deleted

  private final boolean latestOnly;

  // Guarded by this.
  private final BitSet settled = new BitSet();
  private final List<String> violations = new ArrayList<>();
  private int count;

  /**
   * @param customers how many, and ten times as many articles
   * @param latestOnly whether those of one entity may be skipped for a later one
   */
  NamedLoad(Random random, int size, int customers, boolean latestOnly) {
    this.latestOnly = latestOnly;
    for (int i = 1; i <= size; i++) {
      int kind = random.nextInt(100);
      if (kind < 15) {
        String customer = "Customer\0" + (1 + random.nextInt(customers));
        boolean names = random.nextInt(10) == 0;
        add(i, customer, random, names ? Set.of(order(random, i)) : Set.of());
      } else if (kind < 35) {
        add(i, "Article\0" + (1 + random.nextInt(10 * customers)), random, Set.of());
      } else {
        Set<String> named = new LinkedHashSet<>();
        named.add("Customer\0" + (1 + random.nextInt(customers)));
        for (int lines = random.nextInt(4); lines > 0; lines--) {
          named.add("Article\0" + (1 + random.nextInt(10 * customers)));
        }
        add(i, order(random, i), random, named);
      }
    }
  }

  private static String order(Random random, int i) {
    return "Order\0" + (1 + Math.max(0, i / 3 - random.nextInt(20)));
  }

  private void add(int sequence, String key, Random random, Set<String> named) {
    boolean deleted = random.nextInt(40) == 0;
    Set<String> names = new LinkedHashSet<>(named);
    names.remove(key);
    List<Integer> first = new ArrayList<>();
    last(key).ifPresent(first::add);
    for (String name : names) {
      last(name).ifPresent(first::add); // and so, by the order within it, all before that
      naming.computeIfAbsent(name, _ -> new ArrayList<>()).add(sequence);
    }
    if (deleted) {
      names.add(key);
      List<Integer> all = naming.remove(key);
      first.addAll(all == null ? List.of() : all);
    }
    ofEntity.computeIfAbsent(key, _ -> new ArrayList<>()).add(sequence);
    before.add(List.copyOf(first));
    String[] parts = key.split("\0", -1);
    String json =
        "{\"id\":\"evt_%d\",\"entityType\":\"%s\",\"entityId\":%s,\"n\":%d,\"data\":{\"id\":%s}}"
            .formatted(sequence, parts[0], parts[1], sequence, parts[1]);
    events.add(
        new Event(
                "evt_" + sequence,
                parts[0],
                parts[1],
                deleted ? EventType.Deleted : EventType.Updated,
                NOON.plusMillis(sequence),
                Position.of(1_000L + (sequence - 1) / 500),
                json.getBytes(StandardCharsets.UTF_8))
            .naming(NamedEntities.of(names)));
  }

  private Optional<Integer> last(String key) {
    List<Integer> all = ofEntity.get(key);
    return all == null ? Optional.empty() : Optional.of(all.getLast());
  }

  List<Event> events() {
    return Collections.unmodifiableList(events);
  }

  private boolean isOwn(int first, int sequence) {
    return events.get(first - 1).entityKey().equals(events.get(sequence - 1).entityKey());
  }

  /** A request for one arrives. */
  synchronized void arrived(String id) {
    int sequence = sequence(id);
    for (int first : before.get(sequence - 1)) {
      if (!settled.get(first) && !(latestOnly && isOwn(first, sequence))) {
        count++;
        if (violations.size() < 10) {
          violations.add(describe(sequence) + " came before " + describe(first));
        }
      }
    }
  }

  /** It is about to be acknowledged, and all before it of its entity that were skipped for it. */
  synchronized void ended(String id) {
    int sequence = sequence(id);
    for (int own : ofEntity.getOrDefault(events.get(sequence - 1).entityKey(), List.of())) {
      if (own <= sequence) {
        settled.set(own);
      }
    }
  }

  /** It has ended failed, which holds nothing back any more. */
  void ended(JournalEntry entry, DeliveryState state) {
    if (state instanceof DeliveryState.Failed) {
      ended(entry.event().id());
    }
  }

  private String describe(int sequence) {
    Event event = events.get(sequence - 1);
    return sequence + " " + event.entityType() + " " + event.entityId() + " " + event.type();
  }

  private static int sequence(String id) {
    return Integer.parseInt(id.substring("evt_".length()));
  }

  /** How many have been settled. */
  synchronized int settled() {
    return settled.cardinality();
  }

  /** The first of what came too early. */
  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** How often something came too early. */
  synchronized int count() {
    return count;
  }
}
