package io.rowhook.journal.events;

import io.rowhook.capture.Position;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.tables.CompletenessDao;
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
   * @param missing whether changes of the source are known to be missing
   */
  record Publication(
      EpochDao.Place place, List<JournalEntry> newest, boolean complete, boolean missing) {}

  private final RecentEventCache recentEvents;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Optional<EpochDao.Place> place;
  private volatile Optional<CompletenessDao.Point> complete = Optional.empty();
  private volatile Optional<CompletenessDao.Point> captured = Optional.empty();
  private volatile boolean missing; // changes, by what was written last

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

  /** Up to where what is committed is known to be complete; empty: not yet. Any thread. */
  public Optional<CompletenessDao.Point> complete() {
    return complete;
  }

  /** The same, also where changes of before are known to be missing. Any thread. */
  public Optional<CompletenessDao.Point> captured() {
    return captured;
  }

  /** All that was committed by then is in the journal. One thread at a time. */
  void captured(CompletenessDao.Point now) {
    captured = Optional.of(now);
  }

  /** It is now. Any thread, but one at a time. */
  void complete(CompletenessDao.Point now) {
    complete = Optional.of(now);
  }

  /** Whether nothing is missing that was committed before, as far as is known. Any thread. */
  boolean isWhole() {
    return !missing;
  }

  /** Changes of the source are known to be missing, or not any more. The writer's thread. */
  void missing(boolean now) {
    missing = now;
  }

  /** Updates the cache before the head, so that a reader of the new head finds its events. */
  void published(Publication publication) {
    long before = head();
    long head = publication.place().head();
    missing |= publication.missing();
    recentEvents.add(publication.newest(), publication.complete(), head);
    place = Optional.of(publication.place());
    if (head > before) {
      listeners.forEach(CommittedState::call);
    }
  }

  /** Another process has published; its events are in the file. The writer's thread. */
  public void followed(Optional<EpochDao.Place> now) {
    if (now.isPresent() && !now.equals(place)) {
      published(new Publication(now.get(), List.of(), false, false));
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
