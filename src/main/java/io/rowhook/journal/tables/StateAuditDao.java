package io.rowhook.journal.tables;

import io.rowhook.journal.Buckets;
import io.rowhook.journal.Difference;
import io.rowhook.journal.Resync;
import io.rowhook.journal.StateAudit;
import io.rowhook.journal.StateAudit.Phase;
import io.rowhook.journal.StateAudit.Progress;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What holds recipients against the source, on disk. */
public final class StateAuditDao {

  private static final String ALL = "SELECT * FROM state_audit";

  private StateAuditDao() {}

  /** Adds one that begins now; returns its number. */
  public static long insert(
      SqliteSession sql,
      String recipient,
      String entity,
      long rate,
      boolean repair,
      long estimate,
      Instant now)
      throws SQLException {
    sql.update(
        "INSERT INTO state_audit (recipient, entity, rate, repair, state, phase, shape, estimate,"
            + " read, has, outside, unread, buckets, began_at)"
            + " VALUES (?, ?, ?, ?, 'running', 'source', '', ?, 0, 0, 0, 0, x'', ?)",
        recipient,
        entity,
        rate,
        repair ? 1 : 0,
        estimate,
        TimeColumns.micros(now));
    return sql.number("SELECT max(id) FROM state_audit");
  }

  /** The newest first. */
  public static List<StateAudit> newest(SqliteSession sql, int limit) throws SQLException {
    return counted(sql, sql.list(ALL + " ORDER BY id DESC LIMIT ?", StateAuditDao::audit, limit));
  }

  public static Optional<StateAudit> find(SqliteSession sql, long id) throws SQLException {
    return counted(sql, sql.list(ALL + " WHERE id = ?", StateAuditDao::audit, id)).stream()
        .findFirst();
  }

  /** Those that run, in the order in which they began. */
  public static List<StateAudit> running(SqliteSession sql) throws SQLException {
    return counted(
        sql, sql.list(ALL + " WHERE state = 'running' ORDER BY id", StateAuditDao::audit));
  }

  /** The numbers of those that run. */
  public static List<Long> runningNumbers(SqliteSession sql) throws SQLException {
    return sql.list(
        "SELECT id FROM state_audit WHERE state = 'running' ORDER BY id", row -> row.getLong(1));
  }

  /** Notes how far one has come. False: it runs no more. */
  public static boolean move(SqliteSession sql, long id, Progress progress, Instant now)
      throws SQLException {
    boolean ended = progress.phase() == Phase.ended;
    return sql.update(
            "UPDATE state_audit SET phase = ?, last_key = ?, shape = ?, read = ?, has = ?,"
                + " outside = ?, unread = ?, buckets = ?, state = ?, ended_at = ?"
                + " WHERE id = ? AND state = 'running'",
            progress.phase().name(),
            progress.lastKey(),
            progress.shape(),
            progress.read(),
            progress.has(),
            progress.outside(),
            progress.unread(),
            ended ? new byte[0] : progress.buckets().bytes(),
            ended ? "done" : "running",
            ended ? TimeColumns.micros(now) : null,
            id)
        > 0;
  }

  /** Ends one that runs. False: it runs no more. */
  public static boolean end(
      SqliteSession sql, long id, Resync.State state, @Nullable String reason, Instant now)
      throws SQLException {
    return sql.update(
            "UPDATE state_audit SET state = ?, reason = ?, ended_at = ?"
                + " WHERE id = ? AND state = 'running'",
            state.name(),
            reason,
            TimeColumns.micros(now),
            id)
        > 0;
  }

  /** Notes what mends it. */
  public static void mendedBy(SqliteSession sql, long id, long resync) throws SQLException {
    sql.update("UPDATE state_audit SET resync = ? WHERE id = ?", resync, id);
  }

  /** Notes what seems to differ, or what became of it. */
  public static void put(SqliteSession sql, long id, Difference one) throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO difference (audit, entity_id, key, kind, why) VALUES (?, ?, ?, ?, ?)",
        id,
        one.id(),
        one.key(),
        one.kind().name(),
        one.why().name());
  }

  /** It does not differ. */
  public static void remove(SqliteSession sql, long id, String entityId) throws SQLException {
    sql.update("DELETE FROM difference WHERE audit = ? AND entity_id = ?", id, entityId);
  }

  /**
   * Some, by their ids.
   *
   * @param suspects whether those that are to be looked at again, or the others
   */
  public static List<Difference> differences(
      SqliteSession sql, long id, boolean suspects, String after, int limit) throws SQLException {
    return sql.list(
        "SELECT entity_id, key, kind, why FROM difference WHERE audit = ? AND entity_id > ? AND kind "
            + (suspects ? "=" : "<>")
            + " 'suspect' ORDER BY entity_id LIMIT ?",
        row ->
            new Difference(
                row.getString(1),
                row.getString(2),
                Difference.Kind.valueOf(row.getString(3)),
                Difference.Why.valueOf(row.getString(4))),
        id,
        after,
        limit);
  }

  /**
   * How many entities differ, by the recipients of whom that is known: the newest of each entity.
   */
  public static Map<String, Long> differing(SqliteSession sql) throws SQLException {
    Map<String, Long> differing = new HashMap<>();
    sql.each(
        "SELECT a.recipient, count(d.entity_id) FROM (SELECT max(id) AS id, recipient FROM state_audit"
            + " WHERE state = 'done' GROUP BY recipient, entity) a"
            + " LEFT JOIN difference d ON d.audit = a.id AND d.kind NOT IN ('suspect', 'pending')"
            + " GROUP BY a.recipient",
        row -> {
          differing.put(row.getString(1), row.getLong(2));
          return true;
        });
    return differing;
  }

  /** Removes all but the newest so many, with their differences. */
  public static void removeOld(SqliteSession sql, int kept) throws SQLException {
    List<Long> old =
        sql.list(
            "SELECT id FROM state_audit WHERE state <> 'running' ORDER BY id DESC LIMIT 100 OFFSET ?",
            row -> row.getLong(1),
            kept);
    for (long id : old) {
      sql.update("DELETE FROM difference WHERE audit = ?", id);
      sql.update("DELETE FROM state_audit WHERE id = ?", id);
    }
  }

  private static List<StateAudit> counted(SqliteSession sql, List<StateAudit> found)
      throws SQLException {
    List<StateAudit> all = new ArrayList<>();
    for (StateAudit one : found) {
      Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
      sql.each(
          "SELECT kind, count(*) FROM difference WHERE audit = ? GROUP BY kind",
          row -> {
            counts.put(Difference.Kind.valueOf(row.getString(1)), row.getLong(2));
            return true;
          },
          one.id());
      all.add(
          new StateAudit(
              one.id(),
              one.recipient(),
              one.entity(),
              one.rate(),
              one.repair(),
              one.state(),
              one.reason(),
              one.estimate(),
              one.progress(),
              one.resync(),
              counts,
              one.beganAt(),
              one.endedAt()));
    }
    return all;
  }

  private static StateAudit audit(ResultSet row) throws SQLException {
    long resync = row.getLong("resync");
    Long mending = row.wasNull() ? null : Long.valueOf(resync);
    return new StateAudit(
        row.getLong("id"),
        row.getString("recipient"),
        row.getString("entity"),
        row.getLong("rate"),
        row.getInt("repair") == 1,
        Resync.State.valueOf(row.getString("state")),
        row.getString("reason"),
        row.getLong("estimate"),
        new Progress(
            Phase.valueOf(row.getString("phase")),
            row.getString("last_key"),
            row.getString("shape"),
            row.getLong("read"),
            row.getLong("has"),
            row.getLong("outside"),
            row.getLong("unread"),
            Buckets.of(row.getBytes("buckets"))),
        mending,
        Map.of(),
        TimeColumns.instant(row.getLong("began_at")),
        TimeColumns.instant(row, "ended_at"));
  }
}
