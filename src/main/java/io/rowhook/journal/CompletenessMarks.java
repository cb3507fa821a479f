package io.rowhook.journal;

import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.CompletenessDao;
import io.rowhook.journal.tables.CompletenessDao.Point;
import io.rowhook.journal.tables.CompletenessDao.Settled;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Up to when each recipient has everything that was committed in the source: it has acknowledged
 * all of it that its subscriptions want, or a person has let go what it has not. Never too early;
 * behind by what is under way. By the source's clock. Any thread.
 */
public final class CompletenessMarks {

  /** A mark is found anew at most so often for each recipient. */
  private static final Duration FRESH = Duration.ofMillis(200);

  /**
   * A recipient's mark.
   *
   * @param completeTo it has all that was committed by then; empty: not known yet
   * @param lacksFrom the first sequence that the limit of its backlog let go; empty: none
   */
  public record Mark(Optional<Instant> completeTo, Optional<Long> lacksFrom) {}

  /** What was found last, when, and up to where it was looked through. */
  private record Found(long id, long through, Mark mark, long at) {}

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;
  private final Map<String, Found> found = new ConcurrentHashMap<>();

  CompletenessMarks(GroupCommitWriter writer, ReaderPool readers, CommittedState committed) {
    this.writer = writer;
    this.readers = readers;
    this.committed = committed;
  }

  /** That of a recipient, as it was some moments ago; empty: it is not known. */
  public Optional<Mark> of(String recipient) {
    Found last = found.get(recipient);
    if (last == null || System.nanoTime() - last.at() > FRESH.toNanos()) {
      Optional<Point> newest = committed.complete(); // before the rest: it may only be older
      Optional<Found> now = readers.read(sql -> find(sql, recipient, found.get(recipient), newest));
      if (now.isEmpty()) {
        found.remove(recipient);
        return Optional.empty();
      }
      last = found.merge(recipient, now.get(), CompletenessMarks::later);
    }
    return Optional.of(last.mark());
  }

  private static Found later(Found one, Found other) {
    return one.id() == other.id() && one.through() > other.through() ? one : other;
  }

  private static Optional<Found> find(
      SqliteSession sql, String recipient, @Nullable Found last, Optional<Point> newest)
      throws SQLException {
    Settled settled =
        CompletenessDao.settled(sql, recipient, last == null ? 0 : last.through()).orElse(null);
    if (settled != null && last != null && last.id() != settled.id()) {
      settled = CompletenessDao.settled(sql, recipient, 0).orElse(null); // another of its name
    }
    if (settled == null) {
      return Optional.empty();
    }
    long through = settled.through();
    Optional<Point> noted = CompletenessDao.at(sql, through);
    Optional<Instant> to =
        newest
            .filter(point -> point.head() <= through)
            .filter(point -> noted.isEmpty() || point.head() >= noted.get().head())
            .or(() -> noted)
            .map(Point::committedTo);
    Mark mark = new Mark(to, Optional.ofNullable(settled.lacksFrom()));
    return Optional.of(new Found(settled.id(), through, mark, System.nanoTime()));
  }

  /** Removes what nobody needs so exactly any more. */
  void thin(Instant now) throws InterruptedException {
    writer.write(WriteTask.urgent(sql -> CompletenessDao.thin(sql, now)));
  }

  /** Which changes of the source are known to be missing; empty: none, or it was accepted. */
  public Optional<String> missing() {
    return readers.read(CompletenessDao::missing);
  }

  /**
   * A person says that changes which are known to be missing hold no mark back any more. Returns
   * whether there were any.
   */
  public boolean accept() throws InterruptedException {
    return writer.write(WriteTask.urgent(CompletenessDao::accept));
  }

  /** The same of what the limit of a recipient's backlog let go. */
  public boolean accept(String recipient) throws InterruptedException {
    return writer.write(WriteTask.urgent(sql -> CompletenessDao.acceptLacks(sql, recipient)));
  }
}
