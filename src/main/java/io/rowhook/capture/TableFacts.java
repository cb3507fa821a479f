package io.rowhook.capture;

import java.util.List;

/**
 * What the source's catalog says about a captured table.
 *
 * @param table which
 * @param columns all its columns, in their order
 * @param primaryKey the columns of its primary key, in the key's order
 * @param identity what PostgreSQL logs of a row's old state
 * @param identityColumns the columns that are known of an old row: all with {@link
 *     ReplicaIdentity#FULL}
 * @param uniqueKeys the columns of each unique index that covers all rows and no nullable column,
 *     the primary key's among them
 */
public record TableFacts(
    TableId table,
    List<String> columns,
    List<String> primaryKey,
    ReplicaIdentity identity,
    List<String> identityColumns,
    List<List<String>> uniqueKeys) {

  public TableFacts {
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
    identityColumns = List.copyOf(identityColumns);
    uniqueKeys = uniqueKeys.stream().map(List::copyOf).toList();
  }

  /** What PostgreSQL logs of a row's old state: {@code ALTER TABLE … REPLICA IDENTITY}. */
  public enum ReplicaIdentity {
    /** All columns. */
    FULL,
    /** The primary key. */
    DEFAULT,
    /** The columns of one unique index. */
    INDEX
  }

  /** The statement that makes old values known. */
  public String fullIdentityStatement() {
    return "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL;";
  }
}
