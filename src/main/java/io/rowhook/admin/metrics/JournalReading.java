package io.rowhook.admin.metrics;

import io.rowhook.journal.Backlog;
import io.rowhook.journal.JournalQueries;
import io.rowhook.journal.JournalSpace;
import io.rowhook.journal.Resync;
import io.rowhook.journal.SqliteJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a scrape shows of the journal, as it was at one moment.
 *
 * @param at when; {@link Instant#MIN}: it was never read
 * @param standings of each recipient that the journal knows, by its name
 * @param backlogs of the same
 * @param completeTo of those of whom it is known, up to when they have everything
 * @param differing of those that were audited, how many entities differ
 * @param resyncs those that run here
 */
record JournalReading(
    Instant at,
    Map<String, JournalQueries.Standing> standings,
    Map<String, Backlog> backlogs,
    Map<String, Instant> completeTo,
    Map<String, Long> differing,
    List<Resync> resyncs,
    JournalSpace space) {

  /** So many recipients' backlogs are read at once, so that deliveries get in between. */
  private static final int CHUNK = 50;

  static final JournalReading NEVER =
      new JournalReading(
          Instant.MIN, Map.of(), Map.of(), Map.of(), Map.of(), List.of(), new JournalSpace(0, 0));

  /**
   * Reads it.
   *
   * @throws io.rowhook.journal.JournalException if it cannot be read
   */
  static JournalReading of(SqliteJournal journal, Path file) {
    JournalQueries queries = journal.queries();
    Map<String, JournalQueries.Standing> standings =
        queries.standings().stream()
            .collect(Collectors.toMap(JournalQueries.Standing::recipient, Function.identity()));
    List<String> names = new ArrayList<>(standings.keySet());
    Map<String, Backlog> backlogs = new HashMap<>();
    for (int i = 0; i < names.size(); i += CHUNK) {
      backlogs.putAll(queries.backlogs(names.subList(i, Math.min(names.size(), i + CHUNK))));
    }
    Map<String, Instant> completeTo = new HashMap<>();
    names.forEach(name -> journal.completeTo(name).ifPresent(to -> completeTo.put(name, to)));
    try {
      return new JournalReading(
          Instant.now(),
          standings,
          backlogs,
          completeTo,
          journal.stateAudits().differing(),
          journal.sharing().captures() ? journal.resyncs().running() : List.of(),
          JournalSpace.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isThere() {
    return !at.equals(Instant.MIN);
  }
}
