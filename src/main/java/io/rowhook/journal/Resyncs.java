package io.rowhook.journal;

import io.rowhook.journal.Resync.State;
import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.NoteDao;
import io.rowhook.journal.tables.RecipientDao;
import io.rowhook.journal.tables.RecipientNumbers;
import io.rowhook.journal.tables.ResyncDao;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What brings recipients up to date, as the journal keeps it. Any thread. */
public final class Resyncs {

  /** Begins the names of notes about who was given its start; the name follows. */
  public static final String ADMITTED = "admitted:";

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;
  private final RecipientNumbers numbers;

  Resyncs(
      GroupCommitWriter writer,
      ReaderPool readers,
      CommittedState committed,
      RecipientNumbers numbers) {
    this.numbers = numbers;
    this.writer = writer;
    this.readers = readers;
    this.committed = committed;
  }

  /** Adds one, unless one of the same recipient and entity runs; empty: one does. */
  public Optional<Resync> begin(
      String recipient, String entity, String condition, long rate, long estimate)
      throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> {
          boolean runs =
              ResyncDao.running(sql).stream()
                  .anyMatch(
                      one -> one.recipient().equals(recipient) && one.entity().equals(entity));
          return runs
              ? Optional.<Resync>empty()
              : ResyncDao.find(
                  sql,
                  ResyncDao.insert(
                      sql, recipient, entity, condition, rate, estimate, Instant.now()));
        }));
  }

  /**
   * Makes recipients known that are new, and begins one of each of their entities, all in one
   * commit. Of one that is known it does nothing: it had its start.
   *
   * @param entities by recipient
   * @return those that are new
   */
  public Set<String> admit(Map<String, List<String>> entities) throws InterruptedException {
    Instant now = Instant.now();
    return writer.write(
        WriteTask.urgent(sql -> {
          Set<String> coming = new TreeSet<>();
          for (Map.Entry<String, List<String>> one : entities.entrySet()) {
            if (isNew(sql, one.getKey(), now)) {
              coming.add(one.getKey());
              for (String entity : one.getValue()) {
                ResyncDao.insert(sql, one.getKey(), entity, "", Resync.DEFAULT_RATE, 0, now);
              }
            }
          }
          return coming;
        }));
  }

  /** Whether it was not known before; it is now. */
  private boolean isNew(SqliteSession sql, String recipient, Instant now) throws SQLException {
    if (isShared()) { // known is then who was admitted: it is registered by who serves it
      String note = ADMITTED + recipient;
      boolean isNew = NoteDao.read(sql, note).isEmpty();
      if (isNew) {
        NoteDao.write(sql, Map.of(note, now.toString()));
      }
      return isNew;
    }
    boolean isNew = RecipientDao.knownSince(sql, recipient).isEmpty();
    if (isNew) {
      RecipientDao.register(sql, numbers, recipient, now);
    }
    return isNew;
  }

  /** Whether several processes share the journal, so that others serve recipients. */
  boolean isShared() {
    return numbers.partitions() > 1;
  }

  /**
   * Forgets that recipients were admitted that nobody knows any more: a file of their name begins
   * anew.
   *
   * @param present names that have a file
   */
  void forgetAdmitted(Set<String> present) throws InterruptedException {
    writer.write(
        WriteTask.urgent(sql -> {
          for (String note : NoteDao.all(sql).keySet()) {
            String name = note.startsWith(ADMITTED) ? note.substring(ADMITTED.length()) : "";
            if (!name.isEmpty()
                && !present.contains(name)
                && RecipientDao.knownSince(sql, name).isEmpty()) {
              NoteDao.write(sql, Map.of(note, ""));
            }
          }
          return true;
        }));
  }

  /** The newest first. */
  public List<Resync> newest(int limit) {
    return readers.read(sql -> ResyncDao.newest(sql, limit));
  }

  public Optional<Resync> find(long id) {
    return readers.read(sql -> ResyncDao.find(sql, id));
  }

  /** Those that run, in the order in which they began. */
  public List<Resync> running() {
    return readers.read(ResyncDao::running);
  }

  /** Ends one. False: it runs no more. */
  public boolean end(long id, State state, @Nullable String reason) throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> ResyncDao.end(sql, id, state, reason, Instant.now())));
  }

  /**
   * Since when a recipient is known, also without a file; empty: it is not, or was forgotten. Any
   * thread.
   */
  public Optional<Instant> knownSince(String recipient) {
    return readers.read(sql -> RecipientDao.knownSince(sql, recipient));
  }

  /** Notes about how many rows there are, of one that began without knowing. */
  public void estimated(long id, long rows) throws InterruptedException {
    writer.write(WriteTask.urgent(sql -> ResyncDao.estimated(sql, id, rows)));
  }

  /**
   * How many events wait for a recipient that could be sent now.
   *
   * @param settled up to where all is settled or an exception, where more is known than the journal
   *     has; it is told from time to time only
   */
  public long waiting(String recipient, OptionalLong settled) {
    return readers.read(sql ->
        ResyncDao.waiting(sql, recipient, committed.head(), settled.orElse(0), Instant.now()));
  }
}
