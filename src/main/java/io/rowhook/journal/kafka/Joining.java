package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.kafka.FollowedLog.Identity;
import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.rows.SharedTable;
import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees that the journal's file and the topics belong together, before either is written: a new file
 * takes what is there, one that followed these topics goes on, one that was a journal of its own
 * moves into topics that are empty.
 */
record Joining(
    SqliteSession sql,
    Topics topics,
    Clients clients,
    String name,
    TopicSetup setup,
    TopicSetup.Found found,
    ChangeRecorder recorder) {

  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  void join() throws SQLException, InterruptedException {
    Optional<Identity> known = FollowedLog.identity(sql);
    if (known.isPresent()) {
      Identity log = known.get();
      checkSame(log);
      if (FollowedLog.positions(sql).isEmpty()) { // a move was broken off
        new Moving(sql, topics, clients, setup, found, recorder, log).run();
      } else if (log.seenAt()
          .isBefore(Instant.now().minus(TopicSetup.REMOVALS_KEPT.dividedBy(2)))) {
        LOG.info(
            "journal: this instance was away since {}: its file is made anew from {}",
            log.seenAt(),
            setup.where());
        beginAnew(log);
      } else {
        checkPositions();
      }
      return;
    }
    Identity log = new Identity(found.cluster(), topics.prefix(), name, Instant.now());
    if (hasContent()) {
      if (!isEmpty()) {
        throw new JournalException(
            Kind.FOREIGN,
            "the journal's file is a journal of its own, and %s has another one under topic-prefix %s: one of them would be lost. Give Rowhook another topic-prefix, to move the file into topics of its own; or move the file away, to work on what is in Kafka"
                .formatted(setup.where(), topics.prefix()));
      }
      new Moving(sql, topics, clients, setup, found, recorder, log).run();
    } else {
      beginAnew(log);
    }
  }

  private void checkSame(Identity log) throws SQLException {
    String what = null;
    if (!log.cluster().equals(found.cluster())) {
      what = "Kafka cluster " + log.cluster() + ", and this is " + found.cluster();
    } else if (!log.prefix().equals(topics.prefix())) {
      what = "topic-prefix " + log.prefix() + ", and the settings say " + topics.prefix();
    } else {
      for (Map.Entry<String, String> one : FollowedLog.topicIds(sql).entrySet()) {
        if (!one.getValue().equals(found.ids().get(one.getKey()))) {
          what = "a topic " + one.getKey() + " that was removed since, and made anew";
        }
      }
    }
    if (what != null) {
      throw new JournalException(
          Kind.FOREIGN,
          "the journal's file holds what stands in %s. Put that right; or move the file away, and Rowhook makes a new one from what is there (%s)"
              .formatted(what, setup.where()));
    }
  }

  /** Kafka has lost its end if the file has more than it. */
  private void checkPositions() throws SQLException, InterruptedException {
    Map<TopicPartition, Long> positions = FollowedLog.positions(sql);
    Map<TopicPartition, Long> ends = setup.ends(positions.keySet());
    for (Map.Entry<TopicPartition, Long> one : positions.entrySet()) {
      if (one.getValue() > Offsets.of(ends, one.getKey())) {
        throw new JournalException(
            Kind.FOREIGN,
            "the journal's file has partition %s up to %d, and it ends at %d: Kafka has lost its newest records. What is missing there may be in this file alone: keep a copy of it. To go on with what Kafka has, move the file away"
                .formatted(one.getKey(), one.getValue(), Offsets.of(ends, one.getKey())));
      }
    }
  }

  private boolean hasContent() throws SQLException {
    for (SharedTable table : recorder.tables()) {
      if (sql.number("SELECT EXISTS (SELECT 1 FROM " + table.name() + ")") == 1) {
        return true;
      }
    }
    return false;
  }

  private boolean isEmpty() throws InterruptedException {
    return setup.ends(Set.copyOf(topics.partitions())).values().stream().allMatch(end -> end == 0);
  }

  private void beginAnew(Identity log) throws SQLException, InterruptedException {
    Map<TopicPartition, Long> beginnings = setup.beginnings(Set.copyOf(topics.partitions()));
    sql.begin();
    recorder.unnoted(
        sql,
        () -> {
          for (SharedTable table : recorder.tables()) {
            sql.script("DELETE FROM " + table.name());
          }
        });
    FollowedLog.follow(sql, log);
    for (Map.Entry<TopicPartition, Long> one : beginnings.entrySet()) {
      FollowedLog.begin(sql, one.getKey(), found.id(one.getKey()), one.getValue());
    }
    sql.commit();
  }
}
