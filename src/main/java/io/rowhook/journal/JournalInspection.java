package io.rowhook.journal;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.CheckpointReader;
import io.rowhook.capture.Position;
import io.rowhook.capture.RecordedCheckpoint;
import io.rowhook.journal.kafka.KafkaFile;
import io.rowhook.journal.sqlite.JournalPlace;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.EpochDao;
import io.rowhook.journal.tables.NoteDao;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What can be said of a journal, or of where one is to be, without opening it. Changes nothing.
 *
 * @param findings in the order found
 * @param exists whether there is a file
 * @param inUse whether a Rowhook runs on it
 * @param durable what it holds of the source's log; empty: it is not there, in use, or cannot be
 *     read
 */
public record JournalInspection(
    List<Finding> findings, boolean exists, boolean inUse, Optional<CheckpointReader> durable) {

  /** Below it the first day of a stopped recipient may fill the disk. */
  private static final long LITTLE_SPACE = 1L << 30;

  private static final String NOT_STARTED = "rowhook run does not start, so no webhook is sent";

  public JournalInspection {
    findings = List.copyOf(findings);
  }

  /** Looks whether Kafka answers, and its topics are such as the journal needs; some seconds. */
  public static List<Finding> of(KafkaSettings kafka) throws InterruptedException {
    List<String> problems;
    try {
      problems =
          KafkaFile.problems(kafka).stream()
              .map(problem -> "Kafka at " + kafka.bootstrapServers() + ": " + problem)
              .toList();
    } catch (JournalException e) {
      problems = List.of(String.valueOf(e.getMessage()));
    }
    return problems.stream()
        .map(problem -> Finding.of(Severity.error, Area.journal, problem, NOT_STARTED))
        .toList();
  }

  /** Looks. */
  public static JournalInspection of(Path path, Disks disks) {
    JournalPlace place = JournalPlace.of(path);
    List<Finding> found = new ArrayList<>();
    boolean inUse = false;
    try {
      inUse = place.isOpenHere();
      if (!inUse) { // whoever closes a file gives up all locks that its process has on it
        place.check(disks);
        place.checkVersion();
        inUse = place.isInUse();
      }
      long free = disks.of(place.existing()).free();
      if (free < LITTLE_SPACE) {
        found.add(
            new Finding(
                Severity.warning,
                Area.journal,
                "journal %s: its disk has %d MB left".formatted(place.file(), free >> 20),
                "The journal grows while a recipient does not answer; on a full disk capture waits,"
                    + " and the server keeps its log",
                "Free space there, or name a place on a larger disk as journal in rowhook.yaml"));
      }
    } catch (JournalException e) {
      found.add(
          Finding.of(Severity.error, Area.journal, String.valueOf(e.getMessage()), NOT_STARTED));
    } catch (IOException e) {
      found.add(
          new Finding(
              Severity.error,
              Area.journal,
              "journal %s: cannot be looked at (%s)"
                  .formatted(place.file(), e.getClass().getSimpleName()),
              NOT_STARTED,
              "Give user %s the right to read and write the file and its directory"
                  .formatted(System.getProperty("user.name"))));
    }
    boolean exists = Files.exists(place.file());
    return new JournalInspection(
        found,
        exists,
        inUse,
        exists && !inUse && found.stream().noneMatch(one -> one.severity() == Severity.error)
            ? durable(place)
            : Optional.empty());
  }

  /**
   * Whether a Rowhook runs on a journal that this one would be able to open.
   *
   * @throws JournalException if it would not: it is of a newer version, or no journal
   */
  public static boolean isRunning(Path path) throws IOException {
    JournalPlace place = JournalPlace.of(path);
    place.check();
    place.checkVersion();
    return place.isInUse();
  }

  /** Of an older version, before it is brought up to date, this may not be readable. */
  private static Optional<CheckpointReader> durable(JournalPlace place) {
    try (SqliteSession sql = place.peek()) {
      Optional<EpochDao.Place> newest = EpochDao.newest(sql);
      return Optional.of(
          new RecordedCheckpoint(
              newest.map(EpochDao.Place::epoch),
              newest.map(EpochDao.Place::watermark).orElse(Position.START),
              NoteDao.all(sql)));
    } catch (SQLException | IOException e) {
      return Optional.empty();
    }
  }
}
