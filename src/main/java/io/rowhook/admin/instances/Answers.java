package io.rowhook.admin.instances;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.instances.InstanceClient.Question;
import io.rowhook.base.Json;
import io.rowhook.journal.Instance;
import io.rowhook.journal.SqliteJournal;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the other instances that share the journal say to one question.
 *
 * @param given by the instance's name
 * @param missing why those gave none that gave none, by name
 */
public record Answers(Map<String, JsonNode> given, Map<String, String> missing) {

  /** None is waited for longer. */
  static final Duration LIMIT = Duration.ofSeconds(2);

  /**
   * Asks all of them side by side.
   *
   * @param path of JSON that is only looked at
   */
  public static Answers ask(
      InstanceClient client, SqliteJournal journal, String path, Map<String, String> headers)
      throws InterruptedException {
    Answers answers = new Answers(new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>());
    Question question = Question.get(path, headers, LIMIT);
    String own = journal.sharing().instance().map(Instance::name).orElse("");
    List<Thread> asking = new ArrayList<>();
    for (Instance instance : journal.sharing().instances()) {
      if (!instance.name().equals(own)) {
        asking.add(
            Thread.ofVirtual()
                .name("asking " + instance.name())
                .start(() -> answers.ask(client, instance, question)));
      }
    }
    for (Thread one : asking) {
      one.join();
    }
    return answers;
  }

  private void ask(InstanceClient client, Instance instance, Question question) {
    try {
      HttpResponse<byte[]> answer = client.ask(instance, question);
      JsonNode json = Json.MAPPER.readTree(answer.body());
      if (answer.statusCode() == 200) {
        given.put(instance.name(), json);
      } else {
        missing.put(
            instance.name(),
            "it answers %d: %s".formatted(answer.statusCode(), json.path("detail").asText()));
      }
    } catch (UnansweredException e) {
      missing.put(instance.name(), e.why());
    } catch (IOException e) {
      missing.put(instance.name(), "what answers at its address is no Rowhook");
    } catch (InterruptedException e) {
      missing.put(instance.name(), "this instance is stopping");
    }
  }
}
