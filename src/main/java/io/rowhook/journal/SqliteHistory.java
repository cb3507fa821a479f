package io.rowhook.journal;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.History;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.SlotIntent;
import io.rowhook.capture.Transaction;
import java.util.List;
import java.util.Optional;

/** What is durable of the source's log. */
final class SqliteHistory implements History {

  private final Writer writer;
  private final Readers readers;
  private final Visible visible;

  SqliteHistory(Writer writer, Readers readers, Visible visible) {
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
  public void begin(Epoch epoch, Position start) {
    writer.writeThrough(Write.urgent(sql -> EpochTable.begin(sql, epoch, start), visible::began));
  }

  @Override
  public Optional<Transaction> last() {
    Position watermark = watermark();
    return readers
        .read(EventTable::newestTransaction)
        .filter(transaction -> transaction.end().equals(watermark));
  }

  @Override
  public Optional<SlotIntent> slotIntent() {
    return readers.read(PublicationTable::intent);
  }

  @Override
  public void intend(SlotIntent intent) {
    writer.writeThrough(
        Write.urgent(sql -> {
          PublicationTable.intend(sql, intent);
          return true;
        }));
  }

  @Override
  public Optional<PublishedTables> published() {
    return readers.read(PublicationTable::read);
  }

  @Override
  public void published(PublishedTables now, List<MissedRange> missed) {
    writer.writeThrough(
        Write.urgent(sql -> {
          PublicationTable.write(sql, now, missed);
          return true;
        }));
  }

  @Override
  public void publicationSeen(Position at) {
    writer.writeThrough(
        Write.urgent(sql -> sql.update("UPDATE publication SET seen_at = ?", at.stored())));
  }

  @Override
  public List<MissedRange> missed(int limit) {
    return readers.read(sql -> PublicationTable.missed(sql, limit));
  }
}
