package io.rowhook.admin.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a receiver behind a bad network is sent, by a sender that sends again until it hears. */
class ChaosTest {

  private static final int REQUESTS = 150;

  @Test
  void allArriveSomeTwiceAndSomeOldOnesAgain() throws Exception {
    try (Receiver behind = new Receiver(_ -> Answer.of(204));
        Chaos chaos = new Chaos(behind.url("/"), 40, 7);
        TestReceiver receiver =
            new TestReceiver(TestReceiver.Settings.DEFAULT.withHandedOn(chaos), _ -> {});
        HttpClient client = HttpClient.newHttpClient()) {
      int again = 0;
      for (int i = 0; i < REQUESTS; i++) {
        while (post(client, receiver.uri().resolve("/hooks?n=" + i), "n" + i) != 204) {
          again++;
        }
      }
      List<String> arrived =
          behind.requests().stream().map(one -> one.header("Webhook-Id")).toList();
      Set<String> all = new HashSet<>(arrived);
      assertThat(all).hasSize(REQUESTS);
      assertThat(again).as("sent again").isGreaterThan(10);
      assertThat(arrived.size()).as("more than once").isGreaterThan(REQUESTS + 20);
      assertThat(outOfDate(arrived)).as("older than what came before").isGreaterThan(3);
      assertThat(behind.requests())
          .allSatisfy(one -> {
            assertThat(one.target()).isEqualTo("/hooks?n=" + one.header("Webhook-Id").substring(1));
            assertThat(one.text()).isEqualTo("body of " + one.header("Webhook-Id"));
          });
    }
  }

  @Test
  void withoutTroubleOnlyHandsOn() throws Exception {
    try (Receiver behind = new Receiver(request -> Answer.of(request.number() == 1 ? 503 : 202));
        Chaos chaos = new Chaos(behind.url("/own?path=1"), 0, 7);
        TestReceiver receiver =
            new TestReceiver(TestReceiver.Settings.DEFAULT.withHandedOn(chaos), _ -> {});
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(post(client, receiver.uri(), "a")).isEqualTo(503);
      assertThat(post(client, receiver.uri(), "a")).isEqualTo(202);
      assertThat(behind.requests()).extracting(one -> one.target()).containsOnly("/own?path=1");
    }
  }

  private static long outOfDate(List<String> arrived) {
    Map<String, Integer> first = new HashMap<>();
    long count = 0;
    int newest = -1;
    for (int i = 0; i < arrived.size(); i++) {
      int number = Integer.parseInt(arrived.get(i).substring(1));
      count += first.containsKey(arrived.get(i)) && number < newest ? 1 : 0;
      first.putIfAbsent(arrived.get(i), i);
      newest = Math.max(newest, number);
    }
    return count;
  }

  private static int post(HttpClient client, URI to, String id) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(to)
                .header("Webhook-Id", id)
                .POST(BodyPublishers.ofString("body of " + id))
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }
}
