package io.rowhook.testing;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.History;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.SlotIntent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A journal's memory of the log, gone with the test. Any thread. */
public final class MemoryHistory implements History {

  private @Nullable Epoch epoch;
  private Position watermark = Position.START;
  private @Nullable SlotIntent intent;
  private @Nullable PublishedTables published;
  private final List<MissedRange> missed = new ArrayList<>();

  @Override
  public synchronized Optional<Epoch> epoch() {
    return Optional.ofNullable(epoch);
  }

  @Override
  public synchronized Position watermark() {
    return watermark;
  }

  @Override
  public synchronized void begin(Epoch next, Position start) {
    if (epoch == null || !epoch.id().equals(next.id())) {
      watermark = start;
    }
    epoch = next;
    intent = null;
  }

  @Override
  public synchronized Optional<SlotIntent> slotIntent() {
    return Optional.ofNullable(intent);
  }

  @Override
  public synchronized void intend(SlotIntent next) {
    intent = next;
  }

  @Override
  public synchronized Optional<PublishedTables> published() {
    return Optional.ofNullable(published);
  }

  @Override
  public synchronized void published(PublishedTables now, List<MissedRange> ranges) {
    published = now;
    missed.addAll(0, ranges);
  }

  @Override
  public synchronized void publicationSeen(Position at) {
    if (published != null) {
      published = new PublishedTables(published.publication(), at, published.tables());
    }
  }

  @Override
  public synchronized List<MissedRange> missed(int limit) {
    return missed.stream().limit(limit).toList();
  }

  /** As if it had been another journal. */
  public synchronized void set(Epoch other, Position at) {
    epoch = other;
    watermark = at;
  }

  public synchronized boolean isNew(Position end) {
    return end.isAfter(watermark);
  }

  public synchronized void advance(Position end) {
    if (end.isAfter(watermark)) {
      watermark = end;
    }
  }
}
