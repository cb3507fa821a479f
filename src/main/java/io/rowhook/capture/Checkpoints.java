package io.rowhook.capture;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@link CheckpointStore} in this room's own terms: what is particular to PostgreSQL becomes
 * the text that the store keeps. Any thread.
 */
public final class Checkpoints {

  private static final String SLOT_INTENT = "slot-intent";
  private static final String TAKEN_OVER = "taken-over";
  private static final String GAP = "accepted-gap";
  private static final String STOPPED = "stopped";
  private static final String PUBLICATION = "publication";

  /** Apart from the publication, since it is written again every few seconds. */
  private static final String PUBLICATION_SEEN = "publication-seen";

  private final CheckpointStore store;

  public Checkpoints(CheckpointStore store) {
    this.store = store;
  }

  public Optional<Epoch> epoch() {
    return store.epoch();
  }

  public Position watermark() {
    return store.watermark();
  }

  public Optional<Transaction> last() {
    return store.last();
  }

  /** Begins an epoch, see {@link CheckpointStore#begin}; forgets the slot that was to be made. */
  public void begin(Epoch epoch, Position start) {
    store.begin(epoch, start, Map.of(SLOT_INTENT, ""));
  }

  /** A slot that was about to be made, and no epoch has begun since. */
  public Optional<SlotIntent> slotIntent() {
    return slotIntent(store);
  }

  /** The same, of whoever only reads. */
  public static Optional<SlotIntent> slotIntent(CheckpointReader reader) {
    return reader.note(SLOT_INTENT).map(SlotIntent::parse);
  }

  /** Records durably that a slot is about to be made; {@link #begin} forgets it. */
  public void intend(SlotIntent intent) {
    store.record(Map.of(SLOT_INTENT, intent.text()), List.of());
  }

  /** When, from whom and from where on the slot was taken over last, in words; empty: never. */
  public Optional<String> takenOver() {
    return store.note(TAKEN_OVER);
  }

  /** Records durably that the slot is taken over, before the epoch begins. */
  public void takenOver(String what) {
    store.record(Map.of(TAKEN_OVER, what), List.of());
  }

  /**
   * A gap that a person has accepted, or that capture has stopped at.
   *
   * @param at when, by this machine's clock
   */
  public record Gap(Instant at, String what) {
    private static Gap parse(String text) {
      String[] parts = text.split(" ", 2);
      return new Gap(Instant.parse(parts[0]), parts[1]);
    }
  }

  /** The newest gap that a person has accepted; empty: there was none. */
  public Optional<Gap> acceptedGap() {
    return store.note(GAP).map(Gap::parse);
  }

  /** Records durably that a gap is accepted, before the epoch begins. */
  public void acceptGap(String what) {
    store.acceptedGap(what, Map.of(GAP, Instant.now() + " " + what));
  }

  /** Records durably that capture has stopped at a gap, until {@link #joined}. */
  public void stopped(String what) {
    store.record(Map.of(STOPPED, Instant.now() + " " + what), List.of());
  }

  /** Capture goes on: it has not stopped any more. */
  public void joined() {
    if (store.note(STOPPED).isPresent()) {
      store.record(Map.of(STOPPED, ""), List.of());
    }
  }

  /** The gap that capture has stopped at, if it has not gone on since. */
  public static Optional<Gap> stopped(CheckpointReader reader) {
    return reader.note(STOPPED).map(Gap::parse);
  }

  /** What the publication held when it was last seen whole; empty: never. */
  public Optional<PublishedTables> published() {
    return published(store);
  }

  /** The same, of whoever only reads. */
  public static Optional<PublishedTables> published(CheckpointReader reader) {
    Optional<String> seen = reader.note(PUBLICATION_SEEN);
    return reader
        .note(PUBLICATION)
        .map(text -> PublishedTables.parse(text, seen.map(Position::parse).orElse(Position.START)));
  }

  /** What is durable, to be looked at only. */
  public CheckpointReader reader() {
    return store;
  }

  /**
   * Records durably what the publication holds, and what was missed until then.
   *
   * @param missed to be kept with the earlier ones
   */
  public void published(PublishedTables now, List<MissedRange> missed) {
    store.record(
        Map.of(PUBLICATION, now.text(), PUBLICATION_SEEN, now.seenAt().toString()), missed);
  }

  /** The publication is as {@link #published} has it, still at this position. */
  public void publicationSeen(Position at) {
    store.record(Map.of(PUBLICATION_SEEN, at.toString()), List.of());
  }
}
