package io.rowhook.journal;

import io.rowhook.capture.CheckpointStore;
import io.rowhook.entity.EventPublisher;
import java.time.Instant;
import java.util.Optional;

/**
 * The durable, ordered log of events, and what each recipient has settled of it: all ports of the
 * room in one, for whoever builds them. Today SQLite; a Kafka topic with consumer groups has the
 * same shape.
 */
public interface Journal
    extends EventPublisher, CheckpointStore, EventReader, TemplateArchive, AutoCloseable {

  /**
   * The delivery store of a recipient. A name that is new starts at the journal's head: a new
   * recipient is not flooded with what happened before it. Any thread.
   */
  DeliveryStore deliveries(String recipient);

  /** The kill switch: what keeps all recipients from being sent to; empty: nothing. Any thread. */
  Optional<Pause> killSwitch();

  /**
   * Whether this process may send: where several share the work, not while it cannot be sure that
   * what it serves is still its own. Any thread.
   */
  default boolean maySend() {
    return true;
  }

  /**
   * Up to when a recipient has everything that was committed in the source, by the source's clock;
   * empty: it is not known. Any thread.
   */
  default Optional<Instant> completeTo(String recipient) {
    return Optional.empty();
  }

  @Override
  void close();
}
