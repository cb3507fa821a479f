package io.rowhook.journal.events;

import io.rowhook.capture.CheckpointStore;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.AuditDao;
import io.rowhook.journal.tables.EpochDao;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.MissedRangeDao;
import io.rowhook.journal.tables.NoteDao;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is durable of the source's log. */
public final class SqliteCheckpointStore implements CheckpointStore {

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;

  public SqliteCheckpointStore(
      GroupCommitWriter writer, ReaderPool readers, CommittedState committed) {
    this.writer = writer;
    this.readers = readers;
    this.committed = committed;
  }

  @Override
  public Optional<Epoch> epoch() {
    return committed.place().map(EpochDao.Place::epoch);
  }

  @Override
  public Position watermark() {
    return committed.watermark();
  }

  @Override
  public Optional<Transaction> last() {
    Position watermark = watermark();
    return readers
        .read(EventDao::newestTransaction)
        .filter(transaction -> transaction.end().equals(watermark));
  }

  @Override
  public void begin(Epoch epoch, Position start, Map<String, String> notes) {
    writer.writeThrough(
        WriteTask.urgent(
            sql -> {
              NoteDao.write(sql, notes);
              return EpochDao.begin(sql, epoch, start);
            },
            committed::began));
  }

  @Override
  public Optional<String> note(String name) {
    return readers.read(sql -> NoteDao.read(sql, name));
  }

  @Override
  public void record(Map<String, String> notes, List<MissedRange> missed) {
    writer.writeThrough(
        WriteTask.urgent(
            sql -> {
              NoteDao.write(sql, notes);
              MissedRangeDao.insert(sql, missed);
              return !missed.isEmpty();
            },
            missing -> {
              if (missing) {
                committed.missing(true);
              }
            }));
  }

  @Override
  public void acceptedGap(String what, Map<String, String> notes) {
    Instant now = Instant.now();
    writer.writeThrough(
        WriteTask.urgent(sql -> {
          NoteDao.write(sql, notes);
          AuditDao.insert(sql, now, "rowhook", AuditEntry.Action.GAP_ACCEPTED, "", what);
          return true;
        }));
  }

  @Override
  public List<MissedRange> missed(int limit) {
    return readers.read(sql -> MissedRangeDao.newest(sql, limit));
  }
}
