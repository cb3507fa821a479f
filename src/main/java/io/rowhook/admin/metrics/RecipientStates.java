package io.rowhook.admin.metrics;

import io.rowhook.admin.RunningService;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.JournalQueries;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.DispatcherStatus;
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
final class RecipientStates {

  private RecipientStates() {}

  /** By the names of all that are served, or that the journal keeps something for. */
  static Map<String, RecipientState> of(
      RunningService service, JournalReading journal, Instant now) {
    Map<String, DispatcherStatus> dispatchers =
        service.dispatchers().statuses().stream()
            .collect(Collectors.toMap(DispatcherStatus::recipient, Function.identity()));
    Map<String, Recipient> files =
        service.recipients().get().stream()
            .collect(Collectors.toMap(Recipient::name, Function.identity()));
    Set<String> names = new HashSet<>(dispatchers.keySet());
    names.addAll(journal.standings().keySet());
    Map<String, RecipientState> states = new HashMap<>();
    for (String name : names) {
      states.put(
          name,
          state(
              RecipientState.Condition.of(dispatchers.get(name)),
              files.get(name),
              journal.standings().get(name),
              journal.backlogs().get(name),
              now));
    }
    return states;
  }

  private static RecipientState state(
      RecipientState.Condition condition,
      @Nullable Recipient file,
      JournalQueries.@Nullable Standing standing,
      @Nullable Backlog backlog,
      Instant now) {
    if (standing == null || backlog == null) {
      return RecipientState.unread(condition);
    }
    return new RecipientState(
        condition,
        standing.ahead() + standing.waiting() + standing.blocked(),
        backlog.bytes() + backlog.requestedBytes(),
        backlog
            .oldest()
            .map(since -> SourceMeters.seconds(Duration.between(since, now)))
            .orElse(0.0),
        file == null ? Double.NaN : file.backlog().part(backlog, now),
        standing.failed());
  }
}
