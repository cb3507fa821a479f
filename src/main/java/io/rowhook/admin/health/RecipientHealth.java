package io.rowhook.admin.health;

import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.DispatcherStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How well each recipient does, and what waits for it. Never waits. One thread. */
final class RecipientHealth {

  private final DispatcherRegistry dispatchers;
  private final JournalLooks looks;

  RecipientHealth(DispatcherRegistry dispatchers, JournalLooks looks) {
    this.dispatchers = dispatchers;
    this.looks = looks;
  }

  /**
   * @param files of the recipients that have one
   */
  void look(Findings found, List<Recipient> files) {
    Map<String, Recipient> byName =
        files.stream()
            .collect(Collectors.toMap(Recipient::name, Function.identity(), (one, _) -> one));
    JournalLooks.Seen seen = looks.seen();
    for (DispatcherStatus status : dispatchers.statuses()) {
      String name = status.recipient();
      recipient(found, status);
      Recipient file = byName.get(name);
      Backlog backlog = seen == null ? null : seen.backlogs().get(name);
      if (file != null && backlog != null) {
        backlog(found, name, file.backlog(), backlog);
      }
    }
  }

  private static void recipient(Findings found, DispatcherStatus status) {
    String name = status.recipient();
    Pause pause = status.pause();
    String trouble = status.trouble();
    if (status.state() == DispatcherStatus.State.closed) {
      found.add(Kind.recipient, name, State.failing, "its thread has ended: restart Rowhook", null);
      found.stuck("the thread of recipient " + name + " has ended");
    } else if (trouble != null) {
      found.add(
          Kind.recipient, name, State.failing, "its deliveries stand still: " + trouble, null);
    } else if (pause != null && status.awaitsProbe()) {
      found.add(
          Kind.recipient,
          name,
          State.ok,
          "it failed too often ("
              + pause.reason()
              + "); nothing waits for it, and its next delivery tries it again. rowhook test "
              + name
              + " does so now",
          pause.at());
    } else if (pause != null) {
      found.add(Kind.recipient, name, State.degraded, words(name, pause), pause.at());
    } else {
      found.add(Kind.recipient, name, State.ok, "it is sent to", null);
    }
  }

  private static String words(String name, Pause pause) {
    String resume = "rowhook resume " + name;
    String how =
        switch (pause.kind()) {
          case failures -> "paused after failures";
          case gone -> "paused, as it answered 410";
          case exhausted -> "paused, as a delivery's retries are used up";
          case person -> "paused by a person";
        };
    String until =
        pause
            .until()
            .map(time ->
                "; it is probed again at "
                    + time.truncatedTo(ChronoUnit.SECONDS)
                    + ", or by "
                    + resume
                    + " once it is mended")
            .orElse(". Mend it, then " + resume);
    return how + " (" + pause.reason() + ")" + until;
  }

  private static void backlog(Findings found, String name, BacklogLimit limit, Backlog backlog) {
    Instant now = found.now();
    double part = limit.part(backlog, now);
    if (part < BacklogLimit.ANNOUNCED) {
      return;
    }
    found.add(
        Kind.backlog,
        name,
        part > 1 ? State.failing : State.degraded,
        "%d %% of what may wait for it%s: mend the recipient, or raise its backlog"
            .formatted(Math.round(100 * part), part > 1 ? ", so the oldest of it is given up" : ""),
        null);
  }
}
