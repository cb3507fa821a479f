package io.rowhook.testing;

import io.rowhook.capture.CheckpointStore;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A journal's memory of the log, gone with the test. Any thread. */
public final class MemoryCheckpointStore implements CheckpointStore {

  private @Nullable Epoch epoch;
  private Position watermark = Position.START;
  private final Map<String, String> notes = new HashMap<>();
  private final List<MissedRange> missed = new ArrayList<>();
  private boolean elsewhere;

  @Override
  public synchronized Optional<Epoch> epoch() {
    return Optional.ofNullable(epoch);
  }

  @Override
  public synchronized Position watermark() {
    return watermark;
  }

  @Override
  public synchronized void begin(Epoch next, Position start, Map<String, String> with) {
    if (epoch == null || !epoch.id().equals(next.id())) {
      watermark = start;
    }
    epoch = next;
    record(with, List.of());
  }

  @Override
  public synchronized Optional<String> note(String name) {
    return Optional.ofNullable(notes.get(name));
  }

  @Override
  public synchronized void record(Map<String, String> with, List<MissedRange> ranges) {
    if (elsewhere) {
      throw new IllegalStateException("another one has taken over");
    }
    notes.putAll(with);
    notes.values().removeIf(String::isEmpty);
    missed.addAll(0, ranges);
  }

  @Override
  public synchronized List<MissedRange> missed(int limit) {
    return missed.stream().limit(limit).toList();
  }

  /** Has what another one has. */
  synchronized void copy(MemoryCheckpointStore other) {
    epoch = other.epoch;
    watermark = other.watermark;
    notes.putAll(other.notes);
    missed.addAll(other.missed);
  }

  /** Another one may write it from now on, and this one may not; or may again. */
  public synchronized void isElsewhere(boolean now) {
    elsewhere = now;
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
