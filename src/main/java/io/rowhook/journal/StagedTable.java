package io.rowhook.journal;

import io.rowhook.entity.NetChange;
import io.rowhook.entity.Staged.Ordered;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;

/** The open transaction's net changes on disk, one for each entity, in the order of first touch. */
final class StagedTable {

  /**
   * A change on its way there.
   *
   * @param key of its entity
   * @param change itself, for merging
   * @param encoded the same as bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Staged(byte[] key, NetChange change, byte[] encoded) {

    static Staged of(NetChange change) {
      byte[] key = change.entityKey().getBytes(StandardCharsets.UTF_8);
      return new Staged(key, change, NetChangeCodec.encode(change));
    }
  }

  /**
   * Which entity a staged change belongs to: known only while the transaction is published, and so
   * nothing that has to be in the journal's file.
   */
  static final String OWNERS =
      """
      CREATE TEMP TABLE staged_owner (
        owner BLOB NOT NULL,
        ordinal INTEGER NOT NULL,
        PRIMARY KEY (owner, ordinal)
      ) STRICT, WITHOUT ROWID
      """;

  private StagedTable() {}

  /** Adds changes; only those whose entity is there already are read back and merged. */
  static void add(Sql sql, List<Staged> changes, BinaryOperator<NetChange> merge)
      throws SQLException {
    for (Staged staged : changes) {
      int inserted =
          sql.update(
              "INSERT INTO staged (entity_key, change) VALUES (?, ?)"
                  + " ON CONFLICT (entity_key) DO NOTHING",
              staged.key(),
              staged.encoded());
      if (inserted == 0) {
        merge(sql, staged, merge);
      }
    }
  }

  private static void merge(Sql sql, Staged later, BinaryOperator<NetChange> merge)
      throws SQLException {
    Optional<byte[]> earlier =
        sql.first(
            "SELECT change FROM staged WHERE entity_key = ?", row -> row.getBytes(1), later.key());
    NetChange merged = merge.apply(NetChangeCodec.decode(earlier.orElseThrow()), later.change());
    sql.update(
        "UPDATE staged SET change = ? WHERE entity_key = ?",
        NetChangeCodec.encode(merged),
        later.key());
  }

  /** See {@link io.rowhook.entity.Staged#after}. */
  static List<Ordered> after(Sql sql, long ordinal, int limit, int maxWeight) throws SQLException {
    List<Ordered> found = new ArrayList<>();
    int[] weight = {0};
    sql.each(
        "SELECT ordinal, change FROM staged WHERE ordinal > ? ORDER BY ordinal LIMIT ?",
        row -> {
          NetChange change = NetChangeCodec.decode(row.getBytes(2));
          found.add(new Ordered(row.getLong(1), change));
          weight[0] += change.weight();
          return weight[0] < maxWeight;
        },
        ordinal,
        limit);
    return found;
  }

  static Optional<NetChange> find(Sql sql, String entityKey) throws SQLException {
    return sql.first(
        "SELECT change FROM staged WHERE entity_key = ?",
        row -> NetChangeCodec.decode(row.getBytes(1)),
        entityKey.getBytes(StandardCharsets.UTF_8));
  }

  static void assign(Sql sql, long ordinal, String owner) throws SQLException {
    sql.update(
        "INSERT INTO staged_owner (owner, ordinal) VALUES (?, ?) ON CONFLICT DO NOTHING",
        owner.getBytes(StandardCharsets.UTF_8),
        ordinal);
  }

  /** Each owner in the order of its first change. */
  static void eachOwner(Sql sql, BiConsumer<String, List<NetChange>> taker) throws SQLException {
    sql.each(
        "SELECT owner FROM staged_owner GROUP BY owner ORDER BY min(ordinal)",
        row -> {
          byte[] owner = row.getBytes(1);
          List<NetChange> changes =
              sql.list(
                  "SELECT s.change FROM staged_owner o JOIN staged s ON s.ordinal = o.ordinal"
                      + " WHERE o.owner = ? ORDER BY o.ordinal",
                  change -> NetChangeCodec.decode(change.getBytes(1)),
                  owner);
          taker.accept(new String(owner, StandardCharsets.UTF_8), changes);
          return true;
        });
  }

  static void clear(Sql sql) throws SQLException {
    sql.update("DELETE FROM staged");
    sql.update("DELETE FROM staged_owner");
  }
}
