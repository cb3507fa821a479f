package io.rowhook.journal;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.History;
import io.rowhook.capture.Lsn;
import java.util.Optional;

/** What is durable of the source's log. */
final class SqliteHistory implements History {

  private final Writer writer;
  private final Visible visible;

  SqliteHistory(Writer writer, Visible visible) {
    this.writer = writer;
    this.visible = visible;
  }

  @Override
  public Optional<Epoch> epoch() {
    return visible.place().map(EpochTable.Place::epoch);
  }

  @Override
  public Lsn watermark() {
    return visible.watermark();
  }

  @Override
  public void begin(Epoch epoch, Lsn start) {
    writer.writeThrough(Write.urgent(sql -> EpochTable.begin(sql, epoch, start), visible::began));
  }
}
