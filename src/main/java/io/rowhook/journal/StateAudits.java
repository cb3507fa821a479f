package io.rowhook.journal;

import io.rowhook.journal.StateAudit.Progress;
import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.CompletenessDao.Point;
import io.rowhook.journal.tables.HeldDao;
import io.rowhook.journal.tables.RecipientDao;
import io.rowhook.journal.tables.ResyncDao;
import io.rowhook.journal.tables.StateAuditDao;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What holds recipients against the source, and what recipients have. Any thread. */
public final class StateAudits {

  /** So many are kept after they have ended. */
  private static final int KEPT = 100;

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;

  StateAudits(GroupCommitWriter writer, ReaderPool readers, CommittedState committed) {
    this.writer = writer;
    this.readers = readers;
    this.committed = committed;
  }

  /** Adds one, unless one of the same recipient and entity runs; empty: one does. */
  public Optional<StateAudit> begin(
      String recipient, String entity, long rate, boolean repair, long estimate)
      throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> {
          boolean runs =
              StateAuditDao.running(sql).stream()
                  .anyMatch(
                      one -> one.recipient().equals(recipient) && one.entity().equals(entity));
          if (runs) {
            return Optional.<StateAudit>empty();
          }
          long id =
              StateAuditDao.insert(sql, recipient, entity, rate, repair, estimate, Instant.now());
          StateAuditDao.removeOld(sql, KEPT);
          return StateAuditDao.find(sql, id);
        }));
  }

  /** The newest first. */
  public List<StateAudit> newest(int limit) {
    return readers.read(sql -> StateAuditDao.newest(sql, limit));
  }

  public Optional<StateAudit> find(long id) {
    return readers.read(sql -> StateAuditDao.find(sql, id));
  }

  /** Those that run, in the order in which they began. */
  public List<StateAudit> running() {
    return readers.read(StateAuditDao::running);
  }

  /** The numbers of those that run, in the order in which they began. */
  public List<Long> runningNumbers() {
    return readers.read(StateAuditDao::runningNumbers);
  }

  /** Ends one. False: it runs no more. */
  public boolean end(long id, Resync.State state, @Nullable String reason)
      throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> StateAuditDao.end(sql, id, state, reason, Instant.now())));
  }

  /**
   * Notes how far one is, with what was found; all in one commit. False: it runs no more.
   *
   * @param differences new ones, and what became of earlier ones
   * @param equal ids of those that do not differ after all
   */
  public boolean move(long id, Progress progress, List<Difference> differences, List<String> equal)
      throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> {
          for (Difference one : differences) {
            StateAuditDao.put(sql, id, one);
          }
          for (String one : equal) {
            StateAuditDao.remove(sql, id, one);
          }
          return StateAuditDao.move(sql, id, progress, Instant.now());
        }));
  }

  /**
   * How many entities differ, by recipient, as its newest audits of each entity have found; those
   * that none has ended of are missing.
   */
  public Map<String, Long> differing() {
    return readers.read(StateAuditDao::differing);
  }

  /** Some differences, by their ids, after one of them. */
  public List<Difference> differences(long id, String after, int limit) {
    return readers.read(sql -> StateAuditDao.differences(sql, id, false, after, limit));
  }

  /** The same of those that are to be looked at again. */
  public List<Difference> suspects(long id, String after, int limit) {
    return readers.read(sql -> StateAuditDao.differences(sql, id, true, after, limit));
  }

  /**
   * Ends one, and begins the resync of the keys that it has found, all in one commit.
   *
   * @return its number; empty: nothing is to be mended
   */
  public OptionalLong mend(StateAudit audit, Progress ended, long rate)
      throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> {
          Instant now = Instant.now();
          if (!StateAuditDao.move(sql, audit.id(), ended, now)) {
            return OptionalLong.empty();
          }
          List<String> keys = new ArrayList<>();
          String after = "";
          List<Difference> page;
          do {
            page = StateAuditDao.differences(sql, audit.id(), false, after, 1_000);
            for (Difference one : page) {
              if (one.key() != null && one.kind() != Difference.Kind.pending) {
                keys.add(one.key());
              }
              after = one.id();
            }
          } while (!page.isEmpty());
          if (keys.isEmpty()) {
            return OptionalLong.empty();
          }
          long resync =
              ResyncDao.insertRepair(sql, audit.recipient(), audit.entity(), keys, rate, now);
          StateAuditDao.mendedBy(sql, audit.id(), resync);
          return OptionalLong.of(resync);
        }));
  }

  /** The newest sequence. */
  public long head() {
    return committed.head();
  }

  /**
   * Up to when all that was committed in the source is in the journal, by the source's clock; also
   * where changes of before are known to be missing. Of the process that captures; empty: not yet.
   */
  public Optional<Instant> capturedTo() {
    return committed.captured().map(Point::committedTo);
  }

  /**
   * What a recipient has of some entities, by their ids; of which nothing is known are missing.
   * Empty: the recipient is not known.
   */
  public Optional<Map<String, Held>> held(String recipient, String entity, List<String> ids) {
    long head = committed.head();
    return readers.read(sql -> {
      Optional<Long> number = RecipientDao.number(sql, recipient);
      if (number.isEmpty()) {
        return Optional.<Map<String, Held>>empty();
      }
      return Optional.of(HeldDao.of(sql, number.get(), entity, ids, head));
    });
  }

  /**
   * Ids, in their order, of entities that a recipient may have.
   *
   * @param ids those that were looked at; fewer than the limit: there are no more
   * @param there those of them that it has
   */
  public record Ids(List<String> ids, List<String> there) {}

  /** Those after one of them; empty: the recipient is not known. */
  public Optional<Ids> there(String recipient, String entity, String after, int limit) {
    long head = committed.head();
    return readers.read(sql -> {
      Optional<Long> number = RecipientDao.number(sql, recipient);
      if (number.isEmpty()) {
        return Optional.<Ids>empty();
      }
      List<String> ids = HeldDao.ids(sql, number.get(), entity, after, limit);
      return Optional.of(new Ids(ids, HeldDao.there(sql, number.get(), entity, ids, head)));
    });
  }

  /**
   * What became of an entity's events that a recipient has not acknowledged.
   *
   * @param after only later ones
   * @return empty: there are none
   */
  public Optional<Difference.Why> unacknowledged(
      String recipient, String entity, String id, long after) {
    long head = committed.head();
    return readers.read(sql -> HeldDao.unacknowledged(sql, recipient, entity, id, after, head));
  }
}
