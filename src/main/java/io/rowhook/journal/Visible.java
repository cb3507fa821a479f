package io.rowhook.journal;

import io.rowhook.capture.Position;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of the log is committed, and so may be seen: the newest epoch and its watermark, the newest
 * sequence, the newest events. Written by the writer's thread after each commit; read by any.
 */
final class Visible {

  private static final Logger LOG = LoggerFactory.getLogger(Visible.class);

  /**
   * What a commit has made visible.
   *
   * @param place the epoch, its watermark and the newest sequence after it
   * @param newest the newest entries of it, in order
   * @param complete whether these are all
   */
  record Publication(EpochTable.Place place, List<Entry> newest, boolean complete) {}

  private final Tail tail;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Optional<EpochTable.Place> place;

  Visible(Optional<EpochTable.Place> place) {
    this.place = place;
    tail = new Tail(head());
  }

  long head() {
    return place.map(EpochTable.Place::head).orElse(0L);
  }

  Position watermark() {
    return place.map(EpochTable.Place::watermark).orElse(Position.START);
  }

  Optional<EpochTable.Place> place() {
    return place;
  }

  Tail tail() {
    return tail;
  }

  void onPublished(Runnable listener) {
    listeners.add(listener);
  }

  void noLongerOnPublished(Runnable listener) {
    listeners.remove(listener);
  }

  void began(EpochTable.Place now) {
    place = Optional.of(now);
  }

  /** Updates the cache before the head, so that a reader of the new head finds its events. */
  void published(Publication publication) {
    long before = head();
    long head = publication.place().head();
    tail.add(publication.newest(), publication.complete(), head);
    place = Optional.of(publication.place());
    if (head > before) {
      listeners.forEach(Visible::call);
    }
  }

  private static void call(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("whoever is told of new events must not fail", e);
    }
  }
}
