package io.rowhook.journal.kafka;

import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Which log the journal's file follows, and how much of it the file has. */
final class FollowedLog {

  /**
   * The log.
   *
   * @param cluster Kafka's own id of itself
   * @param instance tells this file's process from others
   * @param seenAt when the file had all of it; 1970: it never had
   */
  record Identity(String cluster, String prefix, String instance, Instant seenAt) {}

  private FollowedLog() {}

  static Optional<Identity> identity(SqliteSession sql) throws SQLException {
    return sql.first(
        "SELECT cluster, prefix, instance, seen_at FROM followed_log",
        row ->
            new Identity(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                TimeColumns.instant(row.getLong(4))));
  }

  static void follow(SqliteSession sql, Identity log) throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO followed_log (one, cluster, prefix, instance, seen_at)"
            + " VALUES (1, ?, ?, ?, ?)",
        log.cluster(),
        log.prefix(),
        log.instance(),
        TimeColumns.micros(log.seenAt()));
  }

  /** The file is all there is from now on. */
  static void end(SqliteSession sql) throws SQLException {
    sql.script("DELETE FROM followed_partition");
    sql.script("DELETE FROM followed_log");
  }

  static void seen(SqliteSession sql, Instant now) throws SQLException {
    sql.update("UPDATE followed_log SET seen_at = ?", TimeColumns.micros(now));
  }

  static Map<TopicPartition, Long> positions(SqliteSession sql) throws SQLException {
    Map<TopicPartition, Long> positions = new HashMap<>();
    sql.each(
        "SELECT topic, partition, position FROM followed_partition",
        row -> {
          positions.put(new TopicPartition(row.getString(1), row.getInt(2)), row.getLong(3));
          return true;
        });
    return positions;
  }

  /** The topics' ids, by their names. */
  static Map<String, String> topicIds(SqliteSession sql) throws SQLException {
    Map<String, String> ids = new HashMap<>();
    sql.each(
        "SELECT DISTINCT topic, topic_id FROM followed_partition",
        row -> {
          ids.put(row.getString(1), row.getString(2));
          return true;
        });
    return ids;
  }

  static void begin(SqliteSession sql, TopicPartition partition, String topicId, long position)
      throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO followed_partition (topic, partition, topic_id, position)"
            + " VALUES (?, ?, ?, ?)",
        partition.topic(),
        partition.partition(),
        topicId,
        position);
  }

  /** The file has all before a place. */
  static void move(SqliteSession sql, TopicPartition partition, long position) throws SQLException {
    sql.update(
        "UPDATE followed_partition SET position = ? WHERE topic = ? AND partition = ?",
        position,
        partition.topic(),
        partition.partition());
  }
}
