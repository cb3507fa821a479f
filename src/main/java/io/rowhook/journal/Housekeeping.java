package io.rowhook.journal;

import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.jobs.ForgetJob;
import io.rowhook.journal.jobs.OrphanSweeper;
import io.rowhook.journal.jobs.RetentionSweeper;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.RecipientDao;
import io.rowhook.journal.tables.ServedRecipients;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Removes from the journal what nobody needs any more: settled events, recipients without a file.
 * Where several instances share it, each does so for what it may write. One thread at a time.
 */
public final class Housekeeping {

  private final SqliteJournal journal;
  private final GroupCommitWriter writer;
  private final ServedRecipients served;
  private final RetentionSweeper sweeper;
  private final OrphanSweeper orphans;

  Housekeeping(
      SqliteJournal journal,
      GroupCommitWriter writer,
      ReaderPool readers,
      CommittedState committed,
      ServedRecipients served) {
    this.journal = journal;
    this.writer = writer;
    this.served = served;
    sweeper = new RetentionSweeper(writer, committed, served);
    orphans = new OrphanSweeper(writer, readers, served);
  }

  /** Notes which have a file, and says which count: they, and those without since an instant. */
  public Set<String> seen(Set<String> names, Instant now, Instant since)
      throws InterruptedException {
    Set<String> mine = names.stream().filter(served::has).collect(Collectors.toSet());
    return writer.write(WriteTask.urgent(sql -> RecipientDao.seen(sql, mine, now, since)));
  }

  /** Forgets recipients that have had no file since an instant: a new file begins anew. */
  void forgetUnseenSince(Instant instant) throws InterruptedException {
    new RemovedRecipients(journal).forgetUnseenSince(instant, new ForgetJob(writer, served));
  }

  /** Removes events that nobody waits for any more; see {@link RetentionSweeper#removeSettled}. */
  public int removeSettled(Instant before, Set<String> counting, int limit)
      throws InterruptedException {
    return sweeper.removeSettled(before, counting, limit);
  }

  /** Keeps what recipients have, before whoever captures removes the events that say it. */
  void keepStates(Instant before) throws InterruptedException {
    sweeper.keepStates(before);
  }

  /**
   * Removes what the recipients that are served here have of events that are gone: where several
   * instances share the journal, whoever captures has removed these.
   */
  void removeOrphans() throws InterruptedException {
    orphans.sweep();
  }
}
