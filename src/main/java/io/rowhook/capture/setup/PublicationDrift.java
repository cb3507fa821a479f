package io.rowhook.capture.setup;

import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.catalog.PublicationState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has left the publication since it was last seen whole. PostgreSQL looks the publication up
 * as it was at a row's place in the log, so what was written meanwhile is never sent. Knows no
 * connection: what was seen comes in.
 *
 * @param lost why row changes may be missing, in a sentence; null: somebody's publication was not
 *     narrowed
 * @param unreadable whether the log that the slot holds cannot be read with this publication
 * @param after the position from which on they may be
 * @param missed tables that are captured on, although they were swapped for others of the same
 *     name, or were out of the publication for a while
 * @param mends the statements that make it whole again; empty: it is, or it is not known
 */
public record PublicationDrift(
    @Nullable String lost,
    boolean unreadable,
    Position after,
    List<PublicationDrift.Missed> missed,
    List<String> mends) {

  private static final Logger log = LoggerFactory.getLogger(PublicationDrift.class);

  /**
   * A table of which changes may be missing until now.
   *
   * @param after the position from which on they may be
   * @param reason in a sentence
   */
  record Missed(TableId table, Position after, String reason) {}

  /**
   * Compares.
   *
   * @param before as it was last seen whole; empty: never
   * @param now empty: there is no publication
   * @param tables that are to be captured
   * @param end where the log ends now
   */
  static PublicationDrift since(
      SourceConfig source,
      Optional<PublishedTables> before,
      Optional<PublicationState> now,
      List<TableMetadata> tables,
      Position end) {
    Position after = before.map(PublishedTables::seenAt).orElse(end);
    String publication = source.publication();
    if (now.isEmpty()) {
      return lost("publication '%s' does not exist any more", publication, true, after);
    }
    if (before.isEmpty()) {
      return new PublicationDrift(null, false, after, List.of(), List.of());
    }
    PublicationState state = now.get();
    if (state.oid() != before.get().publication()) {
      return lost("publication '%s' was dropped and made anew", publication, true, after);
    }
    if (!state.operations()) {
      return lost(
          "publication '%s' does not publish insert, update and delete any more",
          publication, false, after);
    }
    List<Missed> missed = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (TableMetadata table : tables) {
      PublishedTables.Table known = before.get().tables().get(table.table());
      if (known == null) {
        continue;
      }
      Position good = before.get().seenAt(known);
      if (known.oid() != table.oid()) {
        if (!state.allTables()) {
          missed.add(
              new Missed(
                  table.table(),
                  good,
                  "another table (OID %d, before it %d) has taken the name; it is captured from now on"
                      .formatted(table.oid(), known.oid())));
        }
      } else if (!state.isWhole(known.oid())) {
        left.add(table.table().toString());
        after = good.isAfter(after) ? after : good;
      } else if (!state.follows(known)) {
        missed.add(
            new Missed(
                table.table(),
                good,
                "publication '%s' was altered and altered back, and what was written between is never sent; the table is captured on"
                    .formatted(publication)));
      }
    }
    if (left.isEmpty()) {
      return new PublicationDrift(null, false, after, missed, List.of());
    }
    String what =
        "publication '%s' does not hold all of "
            + String.join(", ", left)
            + " any more: taken out, or narrowed by a row filter or a column list";
    return new PublicationDrift(lost(what, publication), false, after, missed, List.of());
  }

  private static PublicationDrift lost(
      String what, String publication, boolean unreadable, Position after) {
    return new PublicationDrift(lost(what, publication), unreadable, after, List.of(), List.of());
  }

  /** The same, with the statements that make it whole again. */
  PublicationDrift mendedBy(List<String> statements) {
    return new PublicationDrift(lost, unreadable, after, missed, statements);
  }

  private static String lost(String what, String publication) {
    return what.formatted(publication) + ", and what is written without it is never sent";
  }

  /** What was missed up to this position. */
  List<MissedRange> missed(Position upTo) {
    return missed.stream()
        .map(one -> new MissedRange(Instant.now(), one.table(), one.after(), upTo, one.reason()))
        .toList();
  }

  /** Says what was missed, once. */
  static void logMissed(SourceConfig source, List<MissedRange> missed) {
    for (MissedRange range : missed) {
      log.warn(
          "{}: table {}: {}. Its changes committed after {} and up to {} may be missing; resync"
              + " what recipients must have",
          source.place(),
          range.table(),
          range.reason(),
          range.after(),
          range.upTo());
    }
  }
}
