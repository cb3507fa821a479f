package io.rowhook.journal;

import io.rowhook.journal.kafka.KafkaFile;
import io.rowhook.journal.kafka.KafkaLog;
import io.rowhook.journal.sqlite.JournalFile;
import io.rowhook.journal.sqlite.SchemaMigrations;
import java.nio.file.Path;
import java.sql.SQLException;

/** Opens journals, and leaves nothing open where that fails. */
final class JournalOpening {

  private JournalOpening() {}

  /** One that is its file alone. */
  static SqliteJournal open(Path path, SchemaMigrations schemaMigrations) {
    JournalFile file = JournalFile.open(path, schemaMigrations);
    try {
      KafkaFile.detach(file.writer());
      SqliteJournal journal = new SqliteJournal(file, null);
      journal.start();
      return journal;
    } catch (SQLException e) {
      file.close();
      throw file.errors().of(e);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** One whose file follows what stands in Kafka. */
  static SqliteJournal open(Path path, KafkaSettings kafka) throws InterruptedException {
    JournalFile file = JournalFile.open(path, SchemaMigrations.CURRENT);
    try {
      KafkaLog log = KafkaLog.open(file.writer(), kafka);
      return follow(new SqliteJournal(file, log), log);
    } catch (SQLException e) {
      file.close();
      throw file.errors().of(e);
    } catch (RuntimeException | InterruptedException e) {
      file.close(); // once more does no harm
      throw e;
    }
  }

  private static SqliteJournal follow(SqliteJournal journal, KafkaLog log)
      throws InterruptedException {
    try {
      log.follow(journal.start(), journal::followed);
      return journal;
    } catch (RuntimeException | InterruptedException e) {
      journal.close();
      throw e;
    }
  }
}
