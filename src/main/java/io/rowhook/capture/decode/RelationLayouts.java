package io.rowhook.capture.decode;

import io.rowhook.capture.CaptureException;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.PreparedGeneration;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.decode.Relation.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells how the rows of tables are read, as the log describes these: which columns, by which types,
 * and under which table's name. Asks the catalog for types and for new partitions. One engine's, so
 * it is used by one thread only.
 */
public final class RelationLayouts {

  /** Asks the catalog which tables a table is a partition of. */
  @FunctionalInterface
  public interface Ancestors {
    List<TableId> of(long oid) throws SQLException;
  }

  private final PreparedGeneration prepared;
  private final Map<TableId, CapturedTable> captured;
  private final Map<TableId, TableMetadata> facts;

  private final TypeCatalog types;
  private final Ancestors ancestors;

  public RelationLayouts(PreparedGeneration prepared, TypeCatalog types, Ancestors ancestors) {
    this.prepared = prepared;
    this.captured =
        prepared.generation().tables().stream()
            .collect(Collectors.toMap(CapturedTable::table, Function.identity()));
    this.facts =
        prepared.facts().stream()
            .collect(Collectors.toMap(TableMetadata::table, Function.identity()));
    this.types = types;
    this.ancestors = ancestors;
  }

  /**
   * Returns how the rows of a table are read; null: it is not captured.
   *
   * @throws CaptureException where the catalog cannot be asked
   */
  @Nullable RelationLayout of(Relation relation) {
    TableId captures = captures(relation);
    SuspendedTable suspended = captures == null ? null : prepared.suspended().get(captures);
    TableMetadata known = facts.get(captures);
    CapturedTable asked = captured.get(captures);
    if (suspended != null) {
      return layout(relation, suspended);
    }
    return known != null && asked != null ? layout(relation, known, asked) : null;
  }

  /** The captured table that it is, or is a partition of; null: none. */
  private @Nullable TableId captures(Relation relation) {
    TableId known = prepared.captured(relation);
    if (known != null || facts.values().stream().noneMatch(TableMetadata::partitioned)) {
      return known;
    }
    try { // a partition that is newer than the facts, or nothing that was asked for
      return ancestors.of(Integer.toUnsignedLong(relation.oid())).stream()
          .filter(captured::containsKey)
          .findFirst()
          .orElse(null);
    } catch (SQLException e) {
      throw new CaptureException("the source's partitions cannot be read", e);
    }
  }

  private RelationLayout layout(Relation relation, TableMetadata known, CapturedTable asked) {
    int count = relation.columns().size();
    String[] names = new String[count];
    @Nullable PostgresType[] read = new @Nullable PostgresType[count];
    boolean[] inIdentity = new boolean[count];
    List<String> missing = new ArrayList<>(known.primaryKey());
    List<String> called = RenamedColumns.names(relation, known, asked);
    for (int i = 0; i < count; i++) {
      Column column = relation.columns().get(i);
      names[i] = called.get(i);
      read[i] = asked.reads(names[i], known) ? type(column.typeOid()) : null;
      inIdentity[i] = column.key();
      missing.remove(names[i]);
    }
    return new RelationLayout(
        known,
        names,
        read,
        inIdentity,
        missing.isEmpty() ? null : missing.getFirst(),
        known.partitioned() && known.oid() == Integer.toUnsignedLong(relation.oid()),
        null);
  }

  /** Reads the key: as it is known if the log has it, else the replica identity's. */
  private RelationLayout layout(Relation relation, SuspendedTable suspended) {
    List<Column> columns = relation.columns();
    List<String> names = columns.stream().map(Column::name).toList();
    List<String> key = suspended.key();
    if (key.isEmpty() || !names.containsAll(key)) {
      key =
          columns.stream()
              .filter(column -> column.key() && relation.identity() != 'f') // f: all are
              .map(Column::name)
              .toList();
    }
    @Nullable PostgresType[] read = new @Nullable PostgresType[columns.size()];
    boolean[] inIdentity = new boolean[columns.size()];
    for (int i = 0; i < read.length; i++) {
      read[i] = key.contains(names.get(i)) ? type(columns.get(i).typeOid()) : null;
      inIdentity[i] = columns.get(i).key();
    }
    TableMetadata facts =
        new TableMetadata(
            suspended.table(),
            Integer.toUnsignedLong(relation.oid()),
            List.of(),
            key,
            TableMetadata.ReplicaIdentity.DEFAULT,
            key,
            List.of());
    return new RelationLayout(
        facts, names.toArray(String[]::new), read, inIdentity, null, false, suspended);
  }

  private PostgresType type(int oid) {
    try {
      return types.type(oid);
    } catch (SQLException e) {
      throw new CaptureException("the source's types cannot be read", e);
    }
  }
}
