package io.rowhook.testing;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.History;
import io.rowhook.capture.Lsn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A journal's memory of the log, gone with the test. Any thread. */
public final class MemoryHistory implements History {

  private @Nullable Epoch epoch;
  private Lsn watermark = Lsn.ZERO;

  @Override
  public synchronized Optional<Epoch> epoch() {
    return Optional.ofNullable(epoch);
  }

  @Override
  public synchronized Lsn watermark() {
    return watermark;
  }

  @Override
  public synchronized void begin(Epoch next, Lsn start) {
    if (epoch == null || !epoch.id().equals(next.id())) {
      watermark = start;
    }
    epoch = next;
  }

  /** As if it had been another journal. */
  public synchronized void set(Epoch other, Lsn at) {
    epoch = other;
    watermark = at;
  }

  public synchronized boolean isNew(Lsn end) {
    return end.isAfter(watermark);
  }

  public synchronized void advance(Lsn end) {
    if (end.isAfter(watermark)) {
      watermark = end;
    }
  }
}
