package io.rowhook.admin.metrics;

import io.rowhook.admin.RunningService;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.JournalQueries;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.DispatcherStatus;
import io.rowhook.webhook.RecipientState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts together what settings, dispatchers and the journal know of each recipient. */
final class RecipientReadings {

  private RecipientReadings() {}

  /** By the names of all that are served, or that the journal keeps something for. */
  static Map<String, RecipientReading> of(
      RunningService service, JournalReading journal, Instant now) {
    Map<String, DispatcherStatus> dispatchers =
        service.dispatchers().statuses().stream()
            .collect(Collectors.toMap(DispatcherStatus::recipient, Function.identity()));
    Map<String, Recipient> files =
        service.recipients().get().stream()
            .collect(Collectors.toMap(Recipient::name, Function.identity()));
    Set<String> names = new HashSet<>(dispatchers.keySet());
    journal.standings().keySet().stream()
        .filter(service.journal().sharing()::serves) // each instance shows its own
        .forEach(names::add);
    Map<String, RecipientReading> readings = new HashMap<>();
    for (String name : names) {
      readings.put(
          name,
          reading(
              RecipientState.of(dispatchers.get(name)),
              files.get(name),
              journal.standings().get(name),
              journal.backlogs().get(name),
              journal.completeTo().get(name),
              journal.differing().get(name),
              now));
    }
    return readings;
  }

  private static RecipientReading reading(
      RecipientState state,
      @Nullable Recipient file,
      JournalQueries.@Nullable Standing standing,
      @Nullable Backlog backlog,
      @Nullable Instant completeTo,
      @Nullable Long differing,
      Instant now) {
    if (standing == null || backlog == null) {
      return RecipientReading.unread(state);
    }
    return new RecipientReading(
        state,
        standing.ahead() + standing.waiting() + standing.blocked(),
        backlog.bytes() + backlog.requestedBytes(),
        backlog
            .oldest()
            .map(since -> SourceMeters.seconds(Duration.between(since, now)))
            .orElse(0.0),
        file == null ? Double.NaN : file.backlog().part(backlog, now),
        standing.failed(),
        completeTo == null ? Double.NaN : completeTo.toEpochMilli() / 1e3,
        differing == null ? Double.NaN : differing);
  }
}
