package io.rowhook.capture;

import java.util.Map;
import java.util.Optional;

/**
 * What was durable of the source's log at one moment. Immutable.
 *
 * @param notes what was recorded, by its names
 */
public record RecordedCheckpoint(
    Optional<Epoch> epoch, Position watermark, Map<String, String> notes)
    implements CheckpointReader {

  /** Of a journal that everything begins with. */
  public static final RecordedCheckpoint NEW =
      new RecordedCheckpoint(Optional.empty(), Position.START, Map.of());

  public RecordedCheckpoint {
    notes = Map.copyOf(notes);
  }

  @Override
  public Optional<String> note(String name) {
    return Optional.ofNullable(notes.get(name));
  }
}
