package io.rowhook.journal.events;

import io.rowhook.capture.Position;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.tables.EpochDao;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of the log is committed, and so may be seen: the newest epoch and its watermark, the newest
 * sequence, the newest events. Written by the writer's thread after each commit; read by any.
 */
public final class CommittedState {

  private static final Logger LOG = LoggerFactory.getLogger(CommittedState.class);

  /**
   * What a commit has made visible.
   *
   * @param place the epoch, its watermark and the newest sequence after it
   * @param newest the newest entries of it, in order
   * @param complete whether these are all
   */
  record Publication(EpochDao.Place place, List<JournalEntry> newest, boolean complete) {}

  private final RecentEventCache recentEvents;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Optional<EpochDao.Place> place;

  public CommittedState(Optional<EpochDao.Place> place) {
    this.place = place;
    recentEvents = new RecentEventCache(head());
  }

  public long head() {
    return place.map(EpochDao.Place::head).orElse(0L);
  }

  Position watermark() {
    return place.map(EpochDao.Place::watermark).orElse(Position.START);
  }

  Optional<EpochDao.Place> place() {
    return place;
  }

  public RecentEventCache recentEvents() {
    return recentEvents;
  }

  public void onPublished(Runnable listener) {
    listeners.add(listener);
  }

  public void noLongerOnPublished(Runnable listener) {
    listeners.remove(listener);
  }

  void began(EpochDao.Place now) {
    place = Optional.of(now);
  }

  /** Updates the cache before the head, so that a reader of the new head finds its events. */
  void published(Publication publication) {
    long before = head();
    long head = publication.place().head();
    recentEvents.add(publication.newest(), publication.complete(), head);
    place = Optional.of(publication.place());
    if (head > before) {
      listeners.forEach(CommittedState::call);
    }
  }

  /** Another process has published; its events are in the file. The writer's thread. */
  public void followed(Optional<EpochDao.Place> now) {
    if (now.isPresent() && !now.equals(place)) {
      published(new Publication(now.get(), List.of(), false));
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
