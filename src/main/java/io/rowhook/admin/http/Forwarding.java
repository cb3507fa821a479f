package io.rowhook.admin.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.api.ApiAnswer;
import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.api.Feed;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.admin.api.Problem;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.admin.api.Recipients;
import io.rowhook.admin.api.RequestReader.Raw;
import io.rowhook.admin.instances.InstanceClient;
import io.rowhook.admin.instances.InstanceClient.Question;
import io.rowhook.admin.instances.UnansweredException;
import io.rowhook.base.Json;
import io.rowhook.journal.Instance;
import io.rowhook.journal.SqliteJournal;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Has the instance answer that alone can, where several share the journal: it is asked by the
 * caller's own token, and what it answers is handed through. Once: what was forwarded is not
 * forwarded again. Any thread.
 */
final class Forwarding {

  private static final Duration LIMIT = Duration.ofSeconds(40);

  /** By then another instance has taken over from one that is gone. */
  private static final String SECONDS_TO_TAKE_OVER = "10";

  private static final List<String> HANDED_ON = List.of("Content-Type", "Accept");
  private static final List<String> HANDED_BACK = List.of("Location", "ETag", "Retry-After");

  /** That it does not know the caller, or is not who was meant: that is for who operates it. */
  private static final Set<Integer> NOT_TAKEN = Set.of(401, 403, 421, 429);

  private final SqliteJournal journal;
  private final InstanceClient client;

  Forwarding(SqliteJournal journal, InstanceClient client) {
    this.journal = journal;
    this.client = client;
  }

  /**
   * The answer of the instance that can give it; empty: this one can, or it is a read, and that one
   * does not answer.
   *
   * @param path as it came, with what stands behind the question mark
   * @throws ApiException if it does not answer
   */
  Optional<ApiAnswer> answer(Operation operation, Raw raw, String path, Caller caller)
      throws ApiException, InterruptedException {
    Optional<Wanted> wanted = wanted(operation, raw);
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    boolean isRead = operation.method().equals("GET") && !operation.isFeed();
    if (isRead && caller.forwarded().isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(forward(operation, raw, path, caller, wanted.get()));
    } catch (ApiException e) {
      if (isRead) {
        return Optional.empty(); // as far as it is known here
      }
      throw e;
    }
  }

  /**
   * Whom it takes.
   *
   * @param instance empty: nobody knows
   * @param does in words
   */
  private record Wanted(Optional<Instance> instance, String does) {}

  private Optional<Wanted> wanted(Operation operation, Raw raw) {
    if (operation.answerer() == Answerer.any || !journal.sharing().isShared()) {
      return Optional.empty();
    }
    if (operation.answerer() == Answerer.capturing) {
      return journal.sharing().captures()
          ? Optional.empty()
          : Optional.of(new Wanted(journal.sharing().capturing(), "captures"));
    }
    return recipient(raw)
        .filter(name -> !journal.sharing().serves(name))
        .map(name -> new Wanted(journal.sharing().server(name), "serves recipient " + name));
  }

  private static Optional<String> recipient(Raw raw) {
    return Optional.ofNullable(raw.path().get("recipient"))
        .or(() ->
            raw.query().stream()
                .filter(one -> one.getKey().equals("recipient"))
                .map(Map.Entry::getValue)
                .findFirst());
  }

  private ApiAnswer forward(Operation operation, Raw raw, String path, Caller caller, Wanted wanted)
      throws ApiException, InterruptedException {
    String own = journal.sharing().instance().map(Instance::name).orElse("");
    Instance instance =
        wanted
            .instance()
            .orElseThrow(() -> unavailable("no instance " + wanted.does() + " at the moment"));
    if (caller.forwarded().isPresent() || instance.name().equals(own)) {
      throw unavailable(
          "instance %s was asked as the one that %s, and is not at the moment: another is just taking over"
              .formatted(own, wanted.does()));
    }
    Map<String, String> headers = caller.onBehalf();
    for (String name : HANDED_ON) {
      String value = raw.headers().get(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    Question question = new Question(operation.method(), path, headers, raw.body(), LIMIT);
    try {
      if (operation.isFeed()) {
        HttpResponse<InputStream> answer = client.follow(instance, question);
        if (answer.statusCode() == 200) {
          return ApiAnswer.feed(new Feed.PassedOn(answer.body()));
        }
        try (InputStream body = answer.body()) {
          return handedBack(answer, body.readAllBytes(), caller, instance, wanted);
        }
      }
      HttpResponse<byte[]> answer = client.ask(instance, question);
      return handedBack(answer, answer.body(), caller, instance, wanted);
    } catch (UnansweredException e) {
      throw unavailable(
          "%s, which %s, does not answer: %s. Whether it has done what was asked, rowhook status shows"
              .formatted(shown(instance), wanted.does(), e.why()));
    } catch (IOException e) {
      throw unavailable("%s broke off: %s".formatted(shown(instance), e.getMessage()));
    }
  }

  private static ApiAnswer handedBack(
      HttpResponse<?> answer, byte[] body, Caller caller, Instance instance, Wanted wanted)
      throws ApiException {
    if (answer.statusCode() == ProblemType.NOT_FOUND.status()
        && detail(body).startsWith(Recipients.UNKNOWN)) {
      throw new ApiException(
          ProblemType.NOT_FOUND,
          "%s %s, which %s, has no file of it: give it the same files, or wait some seconds if it has been given one just now"
              .formatted(detail(body), shown(instance), wanted.does()));
    }
    if (NOT_TAKEN.contains(answer.statusCode())) {
      throw new ApiException(
          ProblemType.UNAVAILABLE,
          "%s, which %s, does not take this from instance to instance (%d: %s). Give all instances the same admin.tokens in rowhook.yaml%s"
              .formatted(
                  shown(instance),
                  wanted.does(),
                  answer.statusCode(),
                  detail(body),
                  caller.token().isPresent()
                      ? ""
                      : "; it was asked without a token, since there is none of operate here"));
    }
    ApiAnswer handed =
        new ApiAnswer(
            answer.statusCode(),
            answer.headers().firstValue("Content-Type").orElse(ApiAnswer.JSON),
            body,
            Map.of(),
            Optional.empty());
    for (String name : HANDED_BACK) {
      Optional<String> value = answer.headers().firstValue(name);
      handed = value.isPresent() ? handed.with(name, value.get()) : handed;
    }
    return handed;
  }

  private static String detail(byte[] body) {
    try {
      JsonNode problem = Json.MAPPER.readTree(body);
      return problem == null ? "" : problem.path("detail").asText();
    } catch (IOException e) {
      return "no problem of Rowhook's: something else answers there";
    }
  }

  private static String shown(Instance instance) {
    return "instance " + instance.name() + instance.api().map(api -> " at " + api).orElse("");
  }

  private static ApiException unavailable(String what) {
    return new ApiException(
        Problem.of(
                ProblemType.UNAVAILABLE,
                what
                    + ". If it is gone, another takes over within about "
                    + SECONDS_TO_TAKE_OVER
                    + " seconds: ask again then")
            .with("Retry-After", SECONDS_TO_TAKE_OVER));
  }
}
