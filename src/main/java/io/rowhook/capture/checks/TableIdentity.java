package io.rowhook.capture.checks;

import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.catalog.CatalogTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What tells a table's rows apart, and what the log has of old rows. Pure.
 *
 * <p>The key is the primary key. Where there is none, or the log has not got it of old rows, it is
 * the unique index that is the {@code REPLICA IDENTITY}; and where the log has all of old rows, the
 * unique index that {@code id} names, or the only one. PostgreSQL logs old rows by the identity of
 * the partition that they stand in, so each partition is looked at.
 *
 * @param key its columns, in its order
 * @param mode the least that the table or one of its partitions logs
 * @param columns those that are known of an old row
 * @param uniqueKeys see {@link TableMetadata#uniqueKeys}
 */
record TableIdentity(
    List<String> key, ReplicaIdentity mode, List<String> columns, List<List<String>> uniqueKeys) {

  /** A table that cannot be captured; the message follows its name. */
  static final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;

    UnfitException(String message) {
      super(message);
    }

    String what() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * Looks at a table and its partitions.
   *
   * @param id the columns that the entity is known by; empty: by the key
   * @throws UnfitException if its rows could not be told
   */
  static TableIdentity of(CatalogTable table, List<CatalogTable> leaves, List<String> id)
      throws UnfitException {
    List<String> key = key(table, id);
    List<String> computed = key.stream().filter(c -> !table.logged().contains(c)).toList();
    if (!computed.isEmpty()) {
      throw new UnfitException(
          "has %s in its key, which PostgreSQL computes and does not log, so its rows could not be told. Give it a key of other columns"
              .formatted(String.join(", ", computed)));
    }
    List<CatalogTable> all = new ArrayList<>(List.of(table));
    all.addAll(leaves);
    Set<String> known = new LinkedHashSet<>(table.logged());
    ReplicaIdentity mode = ReplicaIdentity.FULL;
    for (CatalogTable one : all) {
      List<String> logged = logged(table, one, key);
      known.retainAll(logged);
      ReplicaIdentity its = mode(one);
      mode = mode == ReplicaIdentity.FULL ? its : mode;
    }
    List<List<String>> unique =
        table.keys().stream()
            .filter(k -> k.immediate() || k.primary())
            .map(CatalogTable.Key::columns)
            .toList();
    // in the key's order, which is how one reads it
    List<String> columns = new ArrayList<>(mode == ReplicaIdentity.FULL ? List.of() : key);
    known.stream().filter(column -> !columns.contains(column)).forEach(columns::add);
    return new TableIdentity(key, mode, columns, unique);
  }

  private static ReplicaIdentity mode(CatalogTable table) {
    return switch (table.replident()) {
      case "f" -> ReplicaIdentity.FULL;
      case "i" -> ReplicaIdentity.INDEX;
      default -> ReplicaIdentity.DEFAULT;
    };
  }

  private static List<String> key(CatalogTable table, List<String> id) throws UnfitException {
    Optional<List<String>> primary = table.primaryKey().map(CatalogTable.Key::columns);
    Optional<List<String>> index = table.identityIndex().map(CatalogTable.Key::columns);
    if (table.replident().equals("i") && index.isPresent()) {
      if (primary.isEmpty() || Set.copyOf(id).equals(Set.copyOf(index.get()))) {
        return index.get();
      }
    }
    if (primary.isPresent()) {
      return primary.get();
    }
    List<CatalogTable.Key> unique =
        table.keys().stream().filter(CatalogTable.Key::immediate).toList();
    if (table.replident().equals("f")) {
      Optional<CatalogTable.Key> named =
          unique.stream().filter(k -> Set.copyOf(k.columns()).equals(Set.copyOf(id))).findFirst();
      if (named.isPresent()) {
        return named.get().columns();
      }
      if (unique.size() == 1) {
        return unique.getFirst().columns();
      }
    }
    String quoted = table.table().quoted();
    throw new UnfitException(
        "has no primary key, but Rowhook needs one to tell its rows apart. Run %sALTER TABLE %s ADD PRIMARY KEY (...);"
            .formatted(
                unique.isEmpty()
                    ? ""
                    : "ALTER TABLE %s REPLICA IDENTITY USING INDEX %s; as it has that unique index, or "
                        .formatted(quoted, unique.getFirst().index()),
                quoted));
  }

  /** The columns that are known of an old row of this table or partition. */
  @SuppressWarnings("ReferenceEquality") // whether it is the root itself
  private static List<String> logged(CatalogTable root, CatalogTable table, List<String> key)
      throws UnfitException {
    String which = table == root ? "" : " in its partition " + table.table();
    String full = TableMetadata.fullIdentityStatement(root.table(), List.of(table.table()));
    Optional<CatalogTable.Key> index =
        switch (table.replident()) {
          case "i" -> table.identityIndex();
          case "d" -> table.primaryKey();
          default -> Optional.empty();
        };
    if (table.replident().equals("f")) {
      for (Column column : table.columns()) {
        if (column.virtual()) {
          throw new UnfitException(
              "has REPLICA IDENTITY FULL%s, and a column %s that is computed when it is read (VIRTUAL), with which the source would refuse every UPDATE and DELETE once it is published. Run ALTER TABLE %s REPLICA IDENTITY DEFAULT;"
                  .formatted(which, column.name(), table.table().quoted()));
        }
      }
      return table.logged();
    }
    if (table.replident().equals("d") && index.isPresent() && !index.get().immediate()) {
      throw new UnfitException(
          "has a deferrable primary key%s, which PostgreSQL does not take as REPLICA IDENTITY, so it would refuse every UPDATE and DELETE once the table is published. Run %s"
              .formatted(which, full));
    }
    if (index.isEmpty()) {
      throw new UnfitException(
          "has REPLICA IDENTITY NOTHING%s, with which the source would refuse every UPDATE and DELETE once it is published. Run %s"
              .formatted(which, full));
    }
    if (!index.get().columns().containsAll(key)) {
      throw new UnfitException(
          "has a REPLICA IDENTITY without its primary key%s, so a deleted row could not be told. Run %s"
              .formatted(which, full));
    }
    return index.get().columns();
  }
}
