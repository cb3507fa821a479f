package io.rowhook.journal;

import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.AuditDao;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has done what to the service, and when. Kept for {@link #KEPT}, whatever the retention of
 * events, and at most the newest {@link #MOST}. Any thread.
 */
public final class AuditLog {

  /** How long an entry is kept. */
  public static final Duration KEPT = Duration.ofDays(365);

  /** How many entries are kept, the newest. */
  public static final int MOST = 100_000;

  /** Of a subject or a detail, in characters; what is longer is cut. */
  static final int MAX_LENGTH = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final Sharing sharing;

  AuditLog(GroupCommitWriter writer, ReaderPool readers, Sharing sharing) {
    this.writer = writer;
    this.readers = readers;
    this.sharing = sharing;
  }

  /**
   * What is looked for; what is null does not narrow it.
   *
   * @param subject exactly
   * @param from at or after this
   * @param to before this
   * @param before older than the entry of this number: the next page
   * @param limit how many at most
   */
  public record Query(
      @Nullable Action action,
      @Nullable String subject,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Long before,
      int limit) {

    /** The newest of all. */
    public static Query newest(int limit) {
      return new Query(null, null, null, null, null, limit);
    }
  }

  /**
   * Notes what was done, durably; in a journal that is shared, at which instance too. Where the
   * journal cannot be written it goes to Rowhook's own log instead, since it has been done all the
   * same.
   */
  public void record(String actor, Action action, String subject, String detail)
      throws InterruptedException {
    Instant now = Instant.now();
    String by = sharing.instance().map(own -> actor + " at instance " + own.name()).orElse(actor);
    try {
      writer.write(
          WriteTask.urgent(sql -> {
            AuditDao.insert(sql, now, cut(by), action, cut(subject), cut(detail));
            return true;
          }));
    } catch (JournalException e) {
      LOG.error(
          "the audit log lacks: {} {} {} {}: {}",
          action.text(),
          subject,
          detail,
          by,
          e.getMessage());
    }
  }

  /** One line, and not too long. */
  private static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 3) + "...";
  }

  /** The newest first. */
  public List<AuditEntry> find(Query query) {
    return readers.read(sql -> AuditDao.find(sql, query));
  }

  /** Removes what is too old or too much, a step of it. Returns how many. */
  int sweep(Instant now, int limit) throws InterruptedException {
    return writer.write(
        WriteTask.urgent(sql -> AuditDao.remove(sql, now.minus(KEPT), MOST, limit)));
  }
}
