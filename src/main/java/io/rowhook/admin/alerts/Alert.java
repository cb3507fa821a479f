package io.rowhook.admin.alerts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.health.Part.State;
import io.rowhook.base.Json;
import io.rowhook.entity.EventType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to Rowhook itself, before it is told to anybody.
 *
 * @param kind of what it happened to: {@code recipient}
 * @param subject which of them: {@code shop}; empty where there is one
 * @param state how well it does now
 * @param previous how well it did before
 * @param reason in words, and what to do; without values or secrets
 * @param since when it began
 * @param count how many times it happened, where that is counted; null: once
 */
record Alert(
    EventType type,
    String kind,
    String subject,
    State state,
    State previous,
    String reason,
    Instant since,
    @Nullable Long count) {

  /** What happened to a recipient is not told to itself: it may be why it happened. */
  Optional<String> about() {
    return kind.equals("recipient") || kind.equals("backlog")
        ? Optional.of(subject)
        : Optional.empty();
  }

  /** The entity's id: {@code recipient/shop}, {@code capture}. */
  String id() {
    return subject.isEmpty() ? kind : kind + "/" + subject;
  }

  ObjectNode data() {
    ObjectNode data = Json.MAPPER.createObjectNode();
    data.put("kind", kind);
    data.put("subject", subject.isEmpty() ? null : subject);
    data.put("state", state.name());
    data.put("previousState", previous.name());
    data.put("reason", reason);
    data.put("since", since.truncatedTo(ChronoUnit.MILLIS).toString());
    data.put("count", count == null ? 1 : count);
    return data;
  }
}
