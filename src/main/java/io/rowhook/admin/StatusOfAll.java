package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.health.Part;
import io.rowhook.admin.instances.InstanceClient.Question;
import io.rowhook.admin.instances.UnansweredException;
import io.rowhook.base.Json;
import io.rowhook.journal.Instance;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The status of all instances that share the journal, put together of what each says of what it
 * does: the source of the one that captures, each recipient of the one that serves it. All are
 * asked side by side, and none is waited for longer than {@link #LIMIT}; what does not answer is
 * shown as it is known here. Any thread.
 */
final class StatusOfAll {

  static final Duration LIMIT = Duration.ofSeconds(2);

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
          "watermark");

  private static final Set<String> PARTS_OF_CAPTURE =
      Set.of("capture", "slot", "publication", "tables", "reading", "missed", "standby");

  private static final Set<String> PARTS_OF_RECIPIENTS = Set.of("recipient", "backlog");

  private final RunningService service;
  private final Map<String, JsonNode> answers = new ConcurrentSkipListMap<>(); // by instance
  private final Map<String, String> unanswered = new ConcurrentSkipListMap<>();

  StatusOfAll(RunningService service) {
    this.service = service;
  }

  /** Puts into the status of this instance what the others say. */
  void complete(ObjectNode status, Caller caller) throws InterruptedException {
    String own = status.path("instance").asText();
    ask(own, caller);
    recipients(status);
    String capturing = service.journal().capturing().map(Instance::name).orElse("");
    boolean elsewhere = !service.journal().captures() && !capturing.equals(own);
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
    ServiceStatus.putInstances(service.journal(), status, unanswered);
  }

  private void ask(String own, Caller caller) throws InterruptedException {
    List<Thread> asking = new ArrayList<>();
    for (Instance instance : service.journal().instances()) {
      if (!instance.name().equals(own)) {
        asking.add(Thread.ofVirtual().start(() -> ask(instance, caller)));
      }
    }
    for (Thread one : asking) {
      one.join();
    }
  }

  private void ask(Instance instance, Caller caller) {
    try {
      HttpResponse<byte[]> answer =
          service.instances().ask(instance, Question.get("/v1/status", caller.onBehalf(), LIMIT));
      JsonNode json = Json.MAPPER.readTree(answer.body());
      if (answer.statusCode() == 200) {
        answers.put(instance.name(), json);
      } else {
        unanswered.put(
            instance.name(),
            "it answers %d: %s".formatted(answer.statusCode(), json.path("detail").asText()));
      }
    } catch (UnansweredException e) {
      unanswered.put(instance.name(), e.why());
    } catch (IOException e) {
      unanswered.put(instance.name(), "what answers at its address is no Rowhook");
    } catch (InterruptedException e) {
      unanswered.put(instance.name(), "this instance is stopping");
    }
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
          all.put(one.path("recipient").asText(), one);
        }
      }
    });
    status.putArray("recipients").addAll(all.values());
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
            Json.MAPPER
                .createObjectNode()
                .put("part", "instance")
                .put("subject", name)
                .put("state", Part.State.degraded.name())
                .put(
                    "reason",
                    "it does not answer this one, so how it does is not known here: " + why)
                .put("since", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())));
    Part.State worst = Part.State.ok;
    for (JsonNode part : parts) {
      Part.State state = Part.State.valueOf(part.path("state").asText());
      worst = state.compareTo(worst) > 0 ? state : worst;
    }
    health.put("state", worst.name());
    ArrayNode all = health.putArray("parts");
    all.addAll(parts);
  }

  private static void add(List<JsonNode> parts, JsonNode part, Set<String> kinds) {
    if (kinds.contains(part.path("part").asText())) {
      parts.add(part);
    }
  }
}
