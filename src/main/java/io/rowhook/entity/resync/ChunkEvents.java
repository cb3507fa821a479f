package io.rowhook.entity.resync;

import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.entity.content.EventDraft;
import io.rowhook.entity.content.EventSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes of a chunk once it is known what was touched meanwhile. */
public final class ChunkEvents {

  private static final Logger log = LoggerFactory.getLogger(ChunkEvents.class);

  /** What is published at the high mark. */
  public record Published(List<Event> events, ResyncProgress progress) {}

  private ChunkEvents() {}

  /** The events of what was not touched, and how far the job is with them. */
  static Published of(
      Chunk chunk, ChunkJob job, TouchedEntities touched, EventSerializer maker, Transaction at) {
    List<Event> events = new ArrayList<>();
    List<String> again = new ArrayList<>();
    chunk
        .drafts()
        .forEach((key, draft) -> {
          Optional<EventDraft> newest = touched.newest(key).map(EventDraft::snapshot);
          if (!touched.has(key)) {
            make(maker, draft, at, job).ifPresent(events::add);
          } else if (newest.isPresent()) {
            make(maker, newest.get(), at, job).ifPresent(events::add);
          } else {
            again.add(key);
          }
        });
    long read = job.read() + chunk.keys() - again.size();
    chunk.left().forEach(key -> again.add(key.text()));
    ResyncProgress progress =
        new ResyncProgress(
            job.id(),
            chunk.last() == null ? job.lastKey() : chunk.last().text(),
            job.shape(),
            again,
            read,
            job.sent() + events.size(),
            chunk.atEnd() && again.isEmpty());
    return new Published(events, progress);
  }

  /** Nothing that one entity brings stops capture. */
  private static Optional<Event> make(
      EventSerializer maker, EventDraft draft, Transaction at, ChunkJob job) {
    try {
      return Optional.of(maker.make(draft, at, null).to(job.recipient()));
    } catch (RuntimeException | StackOverflowError e) {
      log.warn(
          "Of one entity of {} there is no Snapshot for recipient {}: {}",
          draft.entityType(),
          job.recipient(),
          e instanceof EventSerializer.TooLargeException
              ? e.getMessage()
              : e.getClass().getSimpleName());
      return Optional.empty();
    }
  }
}
