package io.rowhook.capture.setup;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.Position;
import io.rowhook.capture.SlotIntent;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import java.util.NavigableMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the journal and the slot belong to one history, and so whether anything can be
 * missing between them. Knows no clock, no connection: what was seen comes in.
 *
 * <p>It rests on one invariant: the slot's confirmed position moves only by marks of ENDs that are
 * durable in the journal, so it is never after the journal's watermark. A slot that is ahead was
 * made anew or moved by someone else, or the journal is an old copy.
 */
public final class ContinuityCheck {

  private ContinuityCheck() {}

  /** What to do. */
  public sealed interface Verdict {
    /** Journal and slot fit; nothing is missing. */
    record GoOn() implements Verdict {}

    /** The same history on a new timeline: a standby with everything was promoted. */
    record FailedOver() implements Verdict {}

    /** A new journal and no slot: everything begins. */
    record Begin() implements Verdict {}

    /**
     * The slot was made for this journal, by a process that ended before it had noted the epoch:
     * nobody has read from it, and the epoch begins where it is.
     */
    record Adopt() implements Verdict {}

    /**
     * Row changes may be missing.
     *
     * @param what the sentence that says why and which
     * @param ahead whether the slot is there and whole, but further than the journal: whoever read
     *     from it before has what this journal has not
     */
    record Gap(String what, boolean ahead) implements Verdict {}
  }

  /**
   * Judges.
   *
   * @param slot empty: there is none
   * @param intent a slot that was about to be made; null: none
   * @param switches where each earlier timeline of the server was left; read only if the timelines
   *     differ
   * @param publication what has left the publication
   */
  public static Verdict judge(
      SourceConfig source,
      @Nullable Epoch epoch,
      Position watermark,
      PostgresConnections.Identity server,
      Optional<Slot> slot,
      @Nullable SlotIntent intent,
      NavigableMap<Integer, Lsn> switches,
      PublicationDrift publication) {
    Verdict verdict = judge(source, epoch, watermark, server, slot, switches, publication);
    boolean intended =
        slot.isPresent() && new SlotIntent(server.systemIdentifier(), source.slot()).equals(intent);
    return intended && verdict instanceof Verdict.Gap ? new Verdict.Adopt() : verdict;
  }

  private static Verdict judge(
      SourceConfig source,
      @Nullable Epoch epoch,
      Position watermark,
      PostgresConnections.Identity server,
      Optional<Slot> slot,
      NavigableMap<Integer, Lsn> switches,
      PublicationDrift publication) {
    if (epoch == null) {
      return slot.<Verdict>map(s -> new Verdict.Gap(newJournal(source, s, server), !s.lost()))
          .orElseGet(Verdict.Begin::new);
    }
    Journaled at = new Journaled(source, epoch, watermark, server);
    ClusterHistory known = ClusterHistory.of(epoch);
    if (!known.systemIdentifier().equals(server.systemIdentifier())) {
      return at.gap(
          "the server is another cluster (system identifier %s; the journal is of %s)"
              .formatted(server.systemIdentifier(), known.systemIdentifier()));
    }
    boolean newTimeline = known.timeline() != server.timeline();
    if (newTimeline) {
      Lsn left = switches.get(known.timeline());
      if (left == null || watermark.isAfter(left)) {
        return at.gap(
            "the server is on timeline %d, which left timeline %d %s"
                .formatted(
                    server.timeline(),
                    known.timeline(),
                    left == null
                        ? "at an unknown place"
                        : "at " + left + ", before the journal's end"));
      }
    }
    if (watermark.isAfter(server.position())) {
      return at.gap(
          "the server's log ends at %s, before the journal's end: it was restored from a backup"
              .formatted(server.position()));
    }
    if (slot.isEmpty()) {
      return at.gap("replication slot '%s' does not exist any more".formatted(source.slot()));
    }
    Slot present = slot.get();
    if (present.lost()) {
      return at.gap(
          "replication slot '%s' is lost: the server removed log that it needed, by its"
                  .formatted(source.slot())
              + " max_slot_wal_keep_size");
    }
    if (present.confirmed().isAfter(watermark)) {
      return at.ahead(
          "replication slot '%s' is confirmed to %s, after the journal's end: it was made anew or moved, or the journal is an old copy"
              .formatted(source.slot(), present.confirmed()));
    }
    if (publication.lost() != null) {
      return at.unpublished(publication, publication.lost());
    }
    return newTimeline ? new Verdict.FailedOver() : new Verdict.GoOn();
  }

  private static String newJournal(
      SourceConfig source, Slot slot, PostgresConnections.Identity server) {
    return ("%s: the journal is new, but replication slot '%s' exists and is confirmed to %s: row"
            + " changes up to there may be missing in the journal (the server's log ends at"
            + " %s). Bring back the journal that belongs to the slot; or start once with"
            + " --accept-gap to begin at %s; or, if the slot is nobody's, run SELECT"
            + " pg_drop_replication_slot('%s');")
        .formatted(
            source.place(),
            source.slot(),
            slot.confirmed(),
            server.position(),
            slot.confirmed(),
            source.slot());
  }

  /** Where the journal stands, for sentences. */
  private record Journaled(
      SourceConfig source, Epoch epoch, Position watermark, PostgresConnections.Identity server) {

    private static final String SERVER = "Connect the server that the journal belongs to; or start";

    Verdict gap(String why) {
      return gap(why, watermark, false, SERVER);
    }

    Verdict ahead(String why) {
      return gap(why, watermark, true, SERVER);
    }

    /** What is written until the publication is whole again is missing too: so that comes first. */
    Verdict unpublished(PublicationDrift publication, String why) {
      Position after = publication.after();
      String first =
          publication.mends().isEmpty()
              ? "Start"
              : "Have the owner of the tables run "
                  + String.join(" ", publication.mends())
                  + " Then start";
      return gap(why, watermark.isAfter(after) ? after : watermark, false, first);
    }

    private Verdict gap(String why, Position after, boolean ahead, String first) {
      return new Verdict.Gap(
          ("%s: %s. Row changes committed after %s%s in the epoch that began %s,"
                  + " may be missing, up to %s, the end of the server's log now. %s once with"
                  + " --accept-gap to go on in a new epoch, and resync what recipients must have")
              .formatted(
                  source.place(),
                  why,
                  after,
                  after.equals(watermark)
                      ? ", the journal's end"
                      : ", where it was last seen whole,",
                  epoch.startedAt(),
                  server.position(),
                  first),
          ahead);
    }
  }
}
