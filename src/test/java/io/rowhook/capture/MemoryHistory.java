package io.rowhook.capture;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A journal's memory of the log, gone with the test. */
final class MemoryHistory implements History {

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

  synchronized void set(Epoch other, Lsn at) {
    epoch = other;
    watermark = at;
  }

  synchronized boolean isNew(Lsn end) {
    return end.isAfter(watermark);
  }

  synchronized void advance(Lsn end) {
    if (end.isAfter(watermark)) {
      watermark = end;
    }
  }
}
