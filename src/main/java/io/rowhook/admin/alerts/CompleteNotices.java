package io.rowhook.admin.alerts;

import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tells recipients that want it up to when they have everything, once a minute, where that has
 * moved on. The alerts' thread alone.
 */
final class CompleteNotices {

  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final String SUBJECT = "journal";

  private final Function<String, Optional<Instant>> marks;
  private final Map<String, Instant> told = new HashMap<>(); // by recipient
  private Instant next = Instant.MIN;

  /**
   * @param marks up to when a recipient has everything; empty: not known, or not known here
   */
  CompleteNotices(Function<String, Optional<Instant>> marks) {
    this.marks = marks;
  }

  /** What is to be told now, to these. */
  List<Event> due(Epoch epoch, List<String> wanting, Instant now) {
    told.keySet().retainAll(wanting);
    if (now.isBefore(next)) {
      return List.of();
    }
    next = now.plus(EVERY);
    List<Event> due = new ArrayList<>();
    for (String recipient : wanting) {
      Optional<Instant> mark = marks.apply(recipient);
      if (mark.isPresent() && mark.get().isAfter(told.getOrDefault(recipient, Instant.MIN))) {
        told.put(recipient, mark.get());
        due.add(
            OwnEvent.of(
                epoch,
                EventType.Complete,
                SUBJECT,
                now,
                Json.MAPPER.createObjectNode().put("completeTo", mark.get().toString()),
                recipient));
      }
    }
    return due;
  }
}
