package io.rowhook.journal;

import io.rowhook.capture.CheckpointStore;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is durable of the source's log. */
final class SqliteCheckpointStore implements CheckpointStore {

  private final Writer writer;
  private final Readers readers;
  private final Visible visible;

  SqliteCheckpointStore(Writer writer, Readers readers, Visible visible) {
    this.writer = writer;
    this.readers = readers;
    this.visible = visible;
  }

  @Override
  public Optional<Epoch> epoch() {
    return visible.place().map(EpochTable.Place::epoch);
  }

  @Override
  public Position watermark() {
    return visible.watermark();
  }

  @Override
  public Optional<Transaction> last() {
    Position watermark = watermark();
    return readers
        .read(EventTable::newestTransaction)
        .filter(transaction -> transaction.end().equals(watermark));
  }

  @Override
  public void begin(Epoch epoch, Position start, Map<String, String> notes) {
    writer.writeThrough(
        Write.urgent(
            sql -> {
              NoteTable.write(sql, notes);
              return EpochTable.begin(sql, epoch, start);
            },
            visible::began));
  }

  @Override
  public Optional<String> note(String name) {
    return readers.read(sql -> NoteTable.read(sql, name));
  }

  @Override
  public void record(Map<String, String> notes, List<MissedRange> missed) {
    writer.writeThrough(
        Write.urgent(sql -> {
          NoteTable.write(sql, notes);
          MissedRangeTable.insert(sql, missed);
          return true;
        }));
  }

  @Override
  public List<MissedRange> missed(int limit) {
    return readers.read(sql -> MissedRangeTable.newest(sql, limit));
  }
}
