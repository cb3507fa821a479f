package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.CheckpointStore;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.testing.SpilledInMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** The journal's part in this, in memory. */
public final class PublishedLog implements EventPublisher, CheckpointStore {
  public final List<Event> published = new ArrayList<>();
  public final List<RejectedRow> rejected = new ArrayList<>();
  final Map<String, NetChange> staged = new LinkedHashMap<>();
  final List<Event> appended = new ArrayList<>();
  int largestStage;
  int largestAppended;
  Position watermark = Position.START;
  @Nullable ResyncProgress progress;

  @Override
  public void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    largestStage = Math.max(largestStage, changes.size());
    changes.forEach(change -> staged.merge(change.entityKey(), change, merge));
  }

  @Override
  public void complete(Instant committedTo) {}

  @Override
  public void discard() {
    discardStaged();
  }

  @Override
  public void discardStaged() {
    staged.clear();
    appended.clear();
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rows) {
    published.addAll(events);
    rejected.addAll(rows);
    watermark = transaction.end();
  }

  @Override
  public void publishChunk(Transaction transaction, List<Event> events, ResyncProgress now) {
    publish(transaction, events, List.of());
    progress = now;
  }

  @Override
  public SpilledChanges staged() {
    return new SpilledInMemory(new LinkedHashMap<>(staged));
  }

  @Override
  public void append(Transaction transaction, List<Event> events) {
    appended.addAll(events);
    largestAppended = Math.max(largestAppended, events.size());
  }

  @Override
  public void publishStaged(Transaction transaction, List<RejectedRow> rows) {
    staged.clear();
    publish(transaction, List.copyOf(appended), rows);
    appended.clear();
  }

  @Override
  public void commit() {}

  @Override
  public Optional<Epoch> epoch() {
    return Optional.of(new Epoch("e1", "{}", Instant.EPOCH));
  }

  @Override
  public Position watermark() {
    return watermark;
  }

  @Override
  public void begin(Epoch epoch, Position start, Map<String, String> notes) {
    throw new AssertionError("capture begins epochs");
  }

  /** The JSON of the published event at an index. */
  public JsonNode json(int index) {
    try {
      return Json.MAPPER.readTree(published.get(index).json());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
