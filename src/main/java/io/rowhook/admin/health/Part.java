package io.rowhook.admin.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How well one part does.
 *
 * @param kind which part
 * @param subject which of its kind: a recipient's name; empty where there is one of it
 * @param state how well
 * @param reason in words, and what to do where it is not ok; without values or secrets
 * @param since when it came into this state
 */
public record Part(Kind kind, String subject, State state, String reason, Instant since) {

  /** How well it does, the worst last. */
  public enum State {
    ok,
    /** It works, but not all of it, or not for long. */
    degraded,
    /** It does not do its work. */
    failing
  }

  /** What there is, in the order in which the data passes it. */
  public enum Kind {
    capture("capture"),
    slot("slot"),
    publication("publication"),
    tables("tables"),
    reading("source reading"),
    missed("missed"),
    standby("standby"),
    journal("journal"),
    disk("disk"),
    settings("settings"),
    templates("templates"),
    killSwitch("kill switch"),
    recipient("recipient"),
    backlog("backlog");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** What it is called: {@code capture}, {@code recipient shop}. */
  public String name() {
    return subject.isEmpty() ? kind.words : kind.words + " " + subject;
  }

  public boolean isOk() {
    return state == State.ok;
  }

  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("part", kind.name());
    if (!subject.isEmpty()) {
      json.put("subject", subject);
    }
    return json.put("state", state.name())
        .put("reason", reason)
        .put("since", since.truncatedTo(ChronoUnit.MILLIS).toString());
  }
}
