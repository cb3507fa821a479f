package io.rowhook.entity.aggregate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.Snapshot;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.LookupLink;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was read from the source for some entities: their root rows, the rows of their parts, and
 * the rows that these name. In one snapshot, with one statement for each relation, however many the
 * entities are. It is not older than the transactions that it is for, and can be newer.
 */
public final class ReadBackRows {

  private final Instant at;
  private final Map<Query, Map<RowKey, List<ObjectNode>>> rows = new HashMap<>();
  private final Map<Query, Map<RowKey, String>> unread = new HashMap<>();
  private final Map<Query, Set<String>> withheld = new HashMap<>();

  /** Transactions that it should have and has not. */
  private final Set<String> unseen = new HashSet<>();

  private final boolean blind;

  /** Asked for and not read yet. */
  private final Map<Query, Set<RowKey>> asked = new LinkedHashMap<>();

  private ReadBackRows(Instant at, boolean blind) {
    this.at = at;
    this.blind = blind;
  }

  /**
   * Reads what the events of some entities need.
   *
   * @param transactions theirs, by the ids in the log
   * @param limited see {@link RowLookup#read}
   */
  public static ReadBackRows read(
      RowLookup source, List<AggregateChange> entities, Set<String> transactions, boolean limited) {
    List<EntityHistory> histories =
        entities.stream().map(AggregateChange::history).distinct().toList();
    return source.read(
        transactions,
        limited,
        snapshot -> {
          ReadBackRows readBack = new ReadBackRows(snapshot.at(), false);
          transactions.stream().filter(id -> !snapshot.shows(id)).forEach(readBack.unseen::add);
          entities.forEach(readBack::askRoots);
          readBack.run(snapshot);
          histories.forEach(readBack::askInner);
          readBack.run(snapshot);
          histories.forEach(readBack::askNamed);
          List<EntitySchema> schemas =
              entities.stream().map(AggregateChange::schema).distinct().toList();
          schemas.forEach(readBack::askNamed);
          readBack.run(snapshot);
          List<LookupLink> links =
              schemas.stream().flatMap(schema -> schema.allLinks().stream()).toList();
          while (!links.isEmpty()) {
            links = readBack.askFurther(links);
            readBack.run(snapshot);
          }
          return readBack;
        });
  }

  /** What is to be used where nothing can be read. */
  public static ReadBackRows nothing() {
    return new ReadBackRows(Instant.EPOCH, true);
  }

  /** Whether nothing could be read. */
  public boolean isNothing() {
    return blind;
  }

  /** What is to be used for a transaction: nothing, if this is older. */
  public ReadBackRows of(Transaction transaction) {
    return unseen.contains(transaction.id()) ? new ReadBackRows(at, true) : this;
  }

  /** Whether it has all that the transactions did that it is for. */
  public boolean showsAll() {
    return unseen.isEmpty();
  }

  /** When, by the source's clock. */
  public Instant at() {
    return at;
  }

  /** The root row as it is now, if it is there. */
  public Optional<ObjectNode> root(AggregateChange entity) {
    return entity.key().flatMap(key -> rows(entity.schema().root(), key).stream().findFirst());
  }

  /** The rows that a query finds for a key. */
  public List<ObjectNode> rows(Query query, RowKey key) {
    return rows.getOrDefault(query, Map.of()).getOrDefault(key, List.of());
  }

  /** Whether these rows could not be read, so that nothing is known of them. */
  public boolean isUnread(Query query, RowKey key) {
    return blind || unread.getOrDefault(query, Map.of()).containsKey(key);
  }

  /** The columns that the rows of a query lack, since the role may not read them. */
  public Set<String> withheld(Query query) {
    return withheld.getOrDefault(query, Set.of());
  }

  /** Whether there are rows of a key, also if none of them exists for us. */
  public boolean has(Query query, RowKey key) {
    return rows.getOrDefault(query, Map.of()).containsKey(key);
  }

  private void ask(Query query, Collection<RowKey> keys) {
    Map<RowKey, List<ObjectNode>> known = rows.getOrDefault(query, Map.of());
    for (RowKey key : keys) {
      if (!known.containsKey(key)) {
        asked.computeIfAbsent(query, _ -> new LinkedHashSet<>()).add(key);
      }
    }
  }

  private void run(Snapshot snapshot) throws SQLException {
    for (var one : asked.entrySet()) {
      RowLookup.Rows read = snapshot.rows(one.getKey(), one.getValue());
      rows.computeIfAbsent(one.getKey(), _ -> new HashMap<>()).putAll(read.found());
      if (!read.unread().isEmpty()) {
        unread.computeIfAbsent(one.getKey(), _ -> new HashMap<>()).putAll(read.unread());
      }
      if (!read.withheld().isEmpty()) {
        withheld.computeIfAbsent(one.getKey(), _ -> new HashSet<>()).addAll(read.withheld());
      }
    }
    asked.clear();
  }

  private void askRoots(AggregateChange entity) {
    if (entity.key().isEmpty() || !entity.mayHaveParts()) {
      return;
    }
    List<RowKey> key = List.of(entity.key().get());
    ask(entity.schema().root(), key);
    for (EntitySchema.Node part : entity.schema().parts()) {
      if (part.parent() == null) {
        ask(part.byParent(), key);
      }
    }
  }

  /** Parts of parts: of those read, and of those that a transaction added or took away. */
  private void askInner(EntityHistory history) {
    AggregateChange first = history.touches().getFirst();
    if (first.key().isEmpty()
        || history.touches().stream().noneMatch(AggregateChange::mayHaveParts)) {
      return;
    }
    for (EntitySchema.Node part : first.schema().parts()) {
      EntitySchema.Node parent = part.parent();
      if (parent != null) {
        Set<RowKey> keys = new LinkedHashSet<>();
        rows(parent.byParent(), first.key().get())
            .forEach(row -> RowKey.of(row, parent.primaryKey()).ifPresent(keys::add));
        keys.addAll(history.keys(parent));
        ask(part.byParent(), keys);
      }
    }
  }

  private void askNamed(EntityHistory history) {
    history.touches().forEach(this::askNamed);
  }

  private void askNamed(AggregateChange entity) {
    for (LookupLink link : entity.schema().links()) {
      root(entity).ifPresent(row -> askNamed(link, List.of(row)));
      for (NetChange root : entity.roots()) {
        askNamed(link, images(root));
      }
    }
    for (EntitySchema.Node part : entity.schema().parts()) {
      for (LookupLink link : part.links()) {
        entity.changes(part).forEach(change -> askNamed(link, images(change)));
      }
    }
  }

  /** By the parts that were read. */
  private void askNamed(EntitySchema schema) {
    for (EntitySchema.Node part : schema.parts()) {
      for (LookupLink link : part.links()) {
        rows.getOrDefault(part.byParent(), Map.of())
            .values()
            .forEach(found -> askNamed(link, found));
      }
    }
  }

  /** What the rows name that were read since others name them; returns how to ask on. */
  private List<LookupLink> askFurther(List<LookupLink> links) {
    List<LookupLink> further = new ArrayList<>();
    for (LookupLink link : links) {
      Collection<List<ObjectNode>> naming = rows.getOrDefault(link.query(), Map.of()).values();
      for (LookupLink inner : link.inner()) {
        naming.forEach(found -> askNamed(inner, found));
        further.add(inner);
      }
    }
    return further;
  }

  /** What the log says of a row: before and now. */
  static List<ObjectNode> images(NetChange change) {
    List<ObjectNode> images = new ArrayList<>(2);
    for (ObjectNode image : Arrays.asList(change.before(), change.after())) {
      if (image != null) {
        images.add(image);
      }
    }
    return images;
  }

  private void askNamed(LookupLink link, List<ObjectNode> naming) {
    naming.forEach(
        row -> link.reference().named(row).ifPresent(key -> ask(link.query(), List.of(key))));
  }
}
