package io.rowhook.journal.kafka;

import io.rowhook.journal.Resyncs;
import io.rowhook.journal.kafka.FollowedLog.Identity;
import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.rows.RowChange;
import io.rowhook.journal.rows.SharedTable;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.RecipientNumbers;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a journal that was its file alone into topics that are empty: sequences, cursors, what is
 * owed and what was attempted stay as they are. A move that was broken off begins again from the
 * start: rows stand by their keys, so none is there twice. The head comes last, and until then
 * nobody takes what is there for a journal.
 */
record Moving(
    SqliteSession sql,
    Topics topics,
    Clients clients,
    TopicSetup setup,
    TopicSetup.Found found,
    ChangeRecorder recorder,
    Identity log) {

  private static final Logger LOG = LoggerFactory.getLogger(Moving.class);

  /** Rows in one transaction. */
  private static final int STEP = 2_000;

  /** Tables in which a recipient's number stands, by its column. */
  private static final Map<String, String> NUMBERED =
      Map.of(
          "delivery", "recipient",
          "attempt", "recipient",
          "skipped", "recipient",
          "merged", "recipient",
          "acknowledged", "recipient",
          "held", "recipient",
          "matching", "recipient",
          "forgotten_recipient", "id",
          "recipient", "id");

  void run() throws SQLException, InterruptedException {
    LOG.info("journal: its file is moved to {}, under {}", setup.where(), topics.prefix());
    sql.begin();
    recorder.unnoted(
        sql,
        () -> {
          renumber();
          sql.update(
              "INSERT OR IGNORE INTO note (name, text) SELECT ? || name, 'moved' FROM recipient",
              Resyncs.ADMITTED); // they had their start
        });
    FollowedLog.follow(sql, log);
    sql.commit();
    long rows = 0;
    try (Transactions transactions = new Transactions(clients, new Ownership())) {
      for (SharedTable table : recorder.tables()) {
        sql.begin();
        recorder.markAll(sql, table);
        // In steps: a journal may be larger than the memory.
        List<RowChange> changes = recorder.take(sql, table, STEP);
        while (!changes.isEmpty()) {
          transactions.write(changes.stream().map(topics::record).toList(), Map.of());
          rows += changes.size();
          LOG.info("journal: {} rows are in Kafka, now those of {}", rows, table.name());
          changes = recorder.take(sql, table, STEP);
        }
        sql.commit();
      }
    }
    Map<TopicPartition, Long> ends = setup.ends(Set.copyOf(topics.partitions()));
    sql.begin();
    for (Map.Entry<TopicPartition, Long> one : ends.entrySet()) {
      FollowedLog.begin(sql, one.getKey(), found.id(one.getKey()), one.getValue());
    }
    FollowedLog.seen(sql, Instant.now());
    sql.commit();
    LOG.info("journal: all of it is in Kafka, {} rows", rows);
  }

  /** By numbers that tell the partition; those that do so already stay. */
  private void renumber() throws SQLException {
    RecipientNumbers numbers = Topics.NUMBERS;
    Map<Long, Integer> partitions = new HashMap<>();
    sql.each(
        "SELECT id, name FROM recipient",
        row -> {
          partitions.put(row.getLong(1), numbers.partition(row.getString(2)));
          return true;
        });
    // Nobody's name decides about these any more.
    sql.each(
        "SELECT id FROM forgotten_recipient",
        row -> {
          partitions.put(row.getLong(1), 0);
          return true;
        });
    long highest = partitions.keySet().stream().mapToLong(id -> id).max().orElse(0);
    long round = highest / numbers.partitions() + 1; // above all that were given
    for (Map.Entry<Long, Integer> one : partitions.entrySet()) {
      if (numbers.partition(one.getKey()) != one.getValue()) {
        long next = ++round * numbers.partitions() + one.getValue();
        for (Map.Entry<String, String> column : NUMBERED.entrySet()) {
          sql.update(
              "UPDATE %s SET %s = ? WHERE %s = ?"
                  .formatted(column.getKey(), column.getValue(), column.getValue()),
              next,
              one.getKey());
        }
      }
    }
  }
}
