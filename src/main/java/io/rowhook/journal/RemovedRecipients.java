package io.rowhook.journal;

import io.rowhook.base.Count;
import io.rowhook.base.Durations;
import io.rowhook.journal.jobs.ForgetJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what waits for recipients that have no file any more, and what is dropped when
 * they are forgotten. Any thread.
 */
public final class RemovedRecipients {

  private static final Logger LOG = LoggerFactory.getLogger(RemovedRecipients.class);

  private final SqliteJournal journal;

  public RemovedRecipients(SqliteJournal journal) {
    this.journal = journal;
  }

  /**
   * Says what waits for recipients whose files were removed.
   *
   * @param names of recipients; one that the journal does not know is passed over
   * @param retention how long it is kept
   */
  public void removed(Collection<String> names, Duration retention) {
    for (String name : names) {
      standing(name)
          .ifPresent(standing ->
              LOG.warn(
                  "recipient {} has no file any more; for it are kept: {}. A file of this name goes"
                      + " on from there within {}; after that it is forgotten, and begins anew."
                      + " rowhook forget {} does that at once",
                  name,
                  inWords(standing),
                  Durations.of(retention),
                  name));
    }
  }

  void forgetUnseenSince(Instant instant, ForgetJob job) throws InterruptedException {
    List<JournalQueries.Standing> before = journal.queries().standings();
    List<String> forgotten = job.forgetUnseenSince(instant);
    before.stream()
        .filter(standing -> forgotten.contains(standing.recipient()))
        .forEach(standing ->
            LOG.warn(
                "recipient {} has had no file since {} or longer and is forgotten; dropped: {}",
                standing.recipient(),
                instant,
                inWords(standing)));
  }

  /** Returns what stands of a recipient; empty if there is no such recipient. */
  public Optional<JournalQueries.Standing> standing(String name) {
    return journal.queries().standings().stream()
        .filter(standing -> standing.recipient().equals(name))
        .findFirst();
  }

  /** Returns in words what waits for a recipient. */
  public static String inWords(JournalQueries.Standing standing) {
    return "%s after its cursor, %s waiting, %d blocked, %d failed"
        .formatted(
            Count.of(standing.ahead(), "event"),
            Count.of(standing.waiting(), "delivery"),
            standing.blocked(),
            standing.failed());
  }
}
