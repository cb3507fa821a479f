package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.health.Part;
import io.rowhook.admin.instances.Answers;
import io.rowhook.base.Json;
import io.rowhook.journal.Instance;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.webhook.RecipientState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The status of all instances that share the journal, put together of what each says of what it
 * does: the source of the one that captures, each recipient of the one that serves it. All are
 * asked side by side, each for two seconds at most; what does not answer is shown as it is known
 * here. Any thread.
 */
final class StatusOfAll {

  /** What only the instance that captures knows. */
  private static final List<String> OF_CAPTURE =
      List.of(
          "capture",
          "slot",
          "takenOver",
          "suspended",
          "missed",
          "rejected",
          "readBack",
          "muted",
          "ignoredMessages",
          "resyncs",
          "toResync",
          "audits",
          "watermark",
          "epoch");

  private static final Set<String> PARTS_OF_CAPTURE =
      Set.of("capture", "slot", "publication", "tables", "reading", "missed", "standby");

  private static final Set<String> PARTS_OF_RECIPIENTS = Set.of("recipient", "backlog");

  private final SqliteJournal journal;
  private final Map<String, JsonNode> answers;
  private final Map<String, String> unanswered;

  /** Recipients that have a file here and none where they are served, with that instance. */
  private final Map<String, String> unlike = new TreeMap<>();

  private StatusOfAll(SqliteJournal journal, Answers others) {
    this.journal = journal;
    this.answers = others.given();
    this.unanswered = others.missing();
  }

  /** Puts into the status of this instance what the others say. */
  static void complete(ObjectNode status, RunningService service, Caller caller)
      throws InterruptedException {
    SqliteJournal journal = service.journal();
    Answers others = Answers.ask(service.instances(), journal, "/v1/status", caller.onBehalf());
    new StatusOfAll(journal, others).complete(status);
  }

  private void complete(ObjectNode status) {
    String own = status.path("instance").asText();
    recipients(status);
    String capturing = journal.sharing().capturing().map(Instance::name).orElse("");
    boolean elsewhere = !journal.sharing().captures() && !capturing.equals(own);
    if (elsewhere && answers.containsKey(capturing)) {
      JsonNode of = answers.get(capturing);
      for (String field : OF_CAPTURE) {
        status.remove(field);
        if (of.has(field)) {
          status.set(field, of.path(field));
        }
      }
    } else if (elsewhere && unanswered.containsKey(capturing)) {
      status.put(
          "capture",
          "instance %s captures, and does not answer: %s"
              .formatted(capturing, unanswered.get(capturing)));
    }
    if (status.path("health") instanceof ObjectNode health) {
      health(health, elsewhere ? capturing : "");
    }
    ServiceStatus.putInstances(journal, status, unanswered);
  }

  /** Each as the instance shows it that says it serves it. */
  private void recipients(ObjectNode status) {
    Map<String, JsonNode> all = new TreeMap<>();
    String own = status.path("instance").asText();
    for (JsonNode one : status.path("recipients")) {
      String server = one.path("instance").asText();
      if (!server.equals(own) && one instanceof ObjectNode mutable) {
        mutable.put(
            "unanswered",
            unanswered.containsKey(server)
                ? "instance %s serves it, and does not answer: %s"
                    .formatted(server, unanswered.get(server))
                : "another instance is just taking it over");
      }
      all.put(one.path("recipient").asText(), one);
    }
    answers.forEach((name, answer) -> {
      for (JsonNode one : answer.path("recipients")) {
        if (one.path("instance").asText().equals(name)) {
          JsonNode here = all.put(one.path("recipient").asText(), one);
          if (here != null && hasFile(here) && !hasFile(one)) {
            unlike.put(one.path("recipient").asText(), name);
          }
        }
      }
    });
    status.putArray("recipients").addAll(all.values());
  }

  private static boolean hasFile(JsonNode recipient) {
    return !recipient.path("state").asText().equals(RecipientState.no_file.name());
  }

  private void health(ObjectNode health, String capturing) {
    List<JsonNode> parts = new ArrayList<>();
    JsonNode source = answers.get(capturing);
    if (source != null) {
      source.path("health").path("parts").forEach(part -> add(parts, part, PARTS_OF_CAPTURE));
    }
    for (JsonNode part : health.path("parts")) {
      if (source == null || !PARTS_OF_CAPTURE.contains(part.path("part").asText())) {
        parts.add(part);
      }
    }
    answers
        .values()
        .forEach(answer ->
            answer
                .path("health")
                .path("parts")
                .forEach(part -> add(parts, part, PARTS_OF_RECIPIENTS)));
    unanswered.forEach((name, why) ->
        parts.add(
            part(
                "instance",
                name,
                "it does not answer this one, so how it does is not known here: " + why)));
    unlike.forEach((recipient, name) ->
        parts.add(
            part(
                Part.Kind.recipient.name(),
                recipient,
                "it has a file here, and none that is good at instance "
                    + name
                    + ", which serves it: nothing is sent to it. Give all instances the same settings")));
    Part.State worst = Part.State.ok;
    for (JsonNode part : parts) {
      Part.State state = Part.State.valueOf(part.path("state").asText());
      worst = state.compareTo(worst) > 0 ? state : worst;
    }
    health.put("state", worst.name());
    ArrayNode all = health.putArray("parts");
    all.addAll(parts);
  }

  private static JsonNode part(String kind, String subject, String reason) {
    return Json.MAPPER
        .createObjectNode()
        .put("part", kind)
        .put("subject", subject)
        .put("state", Part.State.degraded.name())
        .put("reason", reason)
        .put("since", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static void add(List<JsonNode> parts, JsonNode part, Set<String> kinds) {
    if (kinds.contains(part.path("part").asText())) {
      parts.add(part);
    }
  }
}
