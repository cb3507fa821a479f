package io.rowhook.journal.tables;

import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import io.rowhook.entity.SpilledChanges.Assignment;
import io.rowhook.entity.SpilledChanges.Owned;
import io.rowhook.entity.SpilledChanges.Spilled;
import io.rowhook.journal.sqlite.SqliteSession;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * The open transaction's net changes on disk, one for each entity, in the order of first touch; and
 * which entities they belong to.
 */
public final class SpilledChangeDao {

  public static final List<String> TABLES =
      List.of(
          "CREATE TABLE change (ordinal INTEGER PRIMARY KEY, entity_key BLOB NOT NULL UNIQUE,"
              + " net BLOB NOT NULL) STRICT",
          "CREATE TABLE owned (owner BLOB NOT NULL, change INTEGER NOT NULL,"
              + " PRIMARY KEY (owner, change)) STRICT, WITHOUT ROWID",
          "CREATE TABLE owner (ordinal INTEGER PRIMARY KEY, name BLOB NOT NULL) STRICT");

  private SpilledChangeDao() {}

  /** Adds changes; only those whose entity is there already are read back and merged. */
  public static void add(
      SqliteSession sql, Collection<NetChange> changes, BinaryOperator<NetChange> merge)
      throws SQLException {
    for (NetChange change : changes) {
      byte[] key = change.entityKey().getBytes(StandardCharsets.UTF_8);
      int inserted =
          sql.update(
              "INSERT INTO change (entity_key, net) VALUES (?, ?)"
                  + " ON CONFLICT (entity_key) DO NOTHING",
              key,
              NetChangeCodec.encode(change));
      if (inserted == 0) {
        Optional<byte[]> earlier =
            sql.first("SELECT net FROM change WHERE entity_key = ?", row -> row.getBytes(1), key);
        NetChange merged = merge.apply(NetChangeCodec.decode(earlier.orElseThrow()), change);
        sql.update(
            "UPDATE change SET net = ? WHERE entity_key = ?", NetChangeCodec.encode(merged), key);
      }
    }
  }

  /** See {@link io.rowhook.entity.SpilledChanges#after}. */
  public static List<Spilled> after(SqliteSession sql, long ordinal, int limit, int maxWeight)
      throws SQLException {
    List<Spilled> found = new ArrayList<>();
    int[] weight = {0};
    sql.each(
        "SELECT ordinal, net FROM change WHERE ordinal > ? ORDER BY ordinal LIMIT ?",
        row -> {
          NetChange change = NetChangeCodec.decode(row.getBytes(2));
          found.add(new Spilled(row.getLong(1), change));
          weight[0] += change.weight();
          return weight[0] < maxWeight;
        },
        ordinal,
        limit);
    return found;
  }

  public static Optional<NetChange> find(SqliteSession sql, String entityKey) throws SQLException {
    return sql.first(
        "SELECT net FROM change WHERE entity_key = ?",
        row -> NetChangeCodec.decode(row.getBytes(1)),
        entityKey.getBytes(StandardCharsets.UTF_8));
  }

  public static void assign(SqliteSession sql, List<Assignment> assignments) throws SQLException {
    for (Assignment one : assignments) {
      sql.update(
          "INSERT INTO owned (owner, change) VALUES (?, ?) ON CONFLICT DO NOTHING",
          one.owner().getBytes(StandardCharsets.UTF_8),
          one.ordinal());
    }
  }

  /** All is assigned: puts the owners in the order of their first changes. */
  public static void order(SqliteSession sql) throws SQLException {
    sql.update(
        "INSERT INTO owner (name) SELECT owner FROM owned GROUP BY owner ORDER BY min(change)");
  }

  /** See {@link io.rowhook.entity.SpilledChanges#ownedAfter}. */
  public static List<Owned> ownedAfter(SqliteSession sql, long ordinal, int limit, int maxWeight)
      throws SQLException {
    List<Owned> found = new ArrayList<>();
    int[] weight = {0};
    long[] own = {0};
    sql.each(
        "SELECT o.ordinal, o.name, c.net FROM owner o"
            + " CROSS JOIN owned d ON d.owner = o.name"
            + " CROSS JOIN change c ON c.ordinal = d.change"
            + " WHERE o.ordinal > ? ORDER BY o.ordinal, d.change",
        row -> {
          long owner = row.getLong(1);
          if (found.isEmpty() || found.getLast().ordinal() != owner) {
            if (found.size() == limit || weight[0] >= maxWeight) {
              return false;
            }
            own[0] = 0;
            found.add(
                new Owned(
                    owner,
                    new String(row.getBytes(2), StandardCharsets.UTF_8),
                    new ArrayList<>(2),
                    true));
          }
          Owned last = found.getLast();
          if (last.whole()) {
            NetChange change = NetChangeCodec.decode(row.getBytes(3));
            last.changes().add(change);
            weight[0] += change.weight();
            own[0] += change.weight();
          }
          if (last.whole() && own[0] > SpilledChanges.MOST_OWNED) {
            List<NetChange> first = List.of(last.changes().getFirst());
            found.set(found.size() - 1, new Owned(owner, last.owner(), first, false));
          }
          return true;
        },
        ordinal);
    return found;
  }
}
