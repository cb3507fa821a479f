package io.rowhook.journal;

import io.rowhook.entity.NetChange;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
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

  /** Receives the staged changes one after the other. */
  interface Receiver {
    void take(NetChange change) throws SQLException;
  }

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

  static void each(Sql sql, Receiver receiver) throws SQLException {
    sql.each(
        "SELECT change FROM staged ORDER BY ordinal",
        row -> {
          receiver.take(NetChangeCodec.decode(row.getBytes(1)));
          return true;
        });
  }

  static void clear(Sql sql) throws SQLException {
    sql.update("DELETE FROM staged");
  }
}
