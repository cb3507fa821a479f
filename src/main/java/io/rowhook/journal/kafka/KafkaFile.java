package io.rowhook.journal.kafka;

import io.rowhook.journal.Instance;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.journal.kafka.FollowedLog.Identity;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.InstanceDao;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with a journal's file, or before there is one, without following any topics. */
public final class KafkaFile {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaFile.class);

  private KafkaFile() {}

  /**
   * What a start would refuse of Kafka, by looking alone.
   *
   * @throws JournalException if it cannot be asked
   */
  public static List<String> problems(KafkaSettings settings) throws InterruptedException {
    Topics topics = new Topics(settings.topicPrefix());
    Clients clients = new Clients(settings, topics.prefix() + "-check");
    clients.check();
    try (TopicSetup setup = new TopicSetup(clients, topics)) {
      return setup.problems();
    }
  }

  /**
   * A file that may have followed topics is opened without them: it follows them no more, and is
   * moved into others if Kafka is named again.
   *
   * @param sql the writer's, which is not started yet
   */
  public static void detach(SqliteSession sql) throws SQLException {
    Optional<Identity> followed = FollowedLog.identity(sql);
    if (followed.isPresent()) {
      sql.begin();
      FollowedLog.end(sql);
      sql.commit();
      LOG.warn(
          "journal: its file followed Kafka's topics of prefix {} until {}; from now on it is a"
              + " journal of its own. What is there is not read any more. {}",
          followed.get().prefix(),
          followed.get().seenAt(),
          last(sql, followed.get()));
    }
  }

  /** Whether it is the file to go on with. */
  private static String last(SqliteSession sql, Identity file) throws SQLException {
    Optional<Instance> capturing = InstanceDao.capturing(sql);
    return capturing.isPresent() && !capturing.get().name().equals(file.instance())
        ? "Instance %s captured last, as far as this file (of instance %s) knows: stop this one, and start with that one's file, which has all of it"
            .formatted(capturing.get().name(), file.instance())
        : "If another instance has captured since, stop this one, and start with that one's file";
  }
}
