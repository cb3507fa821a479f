package io.rowhook.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.receivers.KitRequests.Journaled;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.webhook.TestDelivery;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The kit's rules one by one, the same of each language; its receiver started as documented. */
@Tag("feature-74")
class KitRulesTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Instant BEGIN = Instant.parse("2026-05-24T15:20:44.000001Z");

  @AutoClose private static final SourceDatabase server = SourceDatabase.start();
  @AutoClose private static final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> eachRuleHolds() {
    return Kit.here().map(kit -> DynamicTest.dynamicTest(kit.name(), () -> rules(kit)));
  }

  /** A kit's receiver, and requests to it. */
  private record Subject(KitReceiver receiver, KitRequests requests) {

    void accepts(HttpRequest request) throws Exception {
      HttpResponse<String> answer = answer(request);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    void refuses(int status, String text, HttpRequest request) throws Exception {
      HttpResponse<String> answer = answer(request);
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).isEqualTo(text);
    }

    HttpResponse<String> answer(HttpRequest request) throws Exception {
      return client.send(request, BodyHandlers.ofString());
    }

    void accepts(Journaled one) throws Exception {
      accepts(requests.single(one, 0, Optional.empty()));
    }

    List<String> applied() throws Exception {
      return receiver.history().stream().map(one -> one.eventId()).toList();
    }
  }

  private void rules(Kit kit) throws Exception {
    SourceDatabase own = server.another("rules_" + kit.name().toLowerCase(Locale.ROOT));
    Path home = directory.resolve(kit.name());
    try (KitReceiver receiver = new KitReceiver(kit, own, home, SECRET, true)) {
      receiver.start();
      Subject subject = new Subject(receiver, new KitRequests(receiver.uri(), SECRET));
      refusesWhatIsNotSigned(subject);
      appliesNoTest(subject);
      keepsWhatIsDeletedDeleted(subject);
      appliesAgainWhatAPersonSendsAgain(subject);
      tellsShortenedIdsApart(subject);
      readsBatches(subject);
      takesOneEntityForTheSameAloneAndInABatch(subject);
      keepsTheGreatestMark(subject);
    }
  }

  private static void refusesWhatIsNotSigned(Subject subject) throws Exception {
    KitRequests wrong = new KitRequests(subject.receiver().uri(), "whsec_AAAA");
    subject.refuses(
        401,
        "The signature is not right, or older than five minutes.",
        wrong.single(event(1, "7", EventType.Created), 0, Optional.empty()));
    assertThat(subject.receiver().history()).isEmpty();
  }

  private static void appliesNoTest(Subject subject) throws Exception {
    HttpRequest test =
        subject
            .requests()
            .single(new Journaled(TestDelivery.event(Instant.now()), 0), 0, Optional.of(BEGIN));
    subject.accepts(with(test, TestDelivery.MARK.name(), TestDelivery.MARK.value()));
    assertThat(subject.receiver().history()).isEmpty();
    assertThat(subject.receiver().mark()).isEmpty();
    assertThat(subject.receiver().rowsKept()).isZero();
  }

  private static void keepsWhatIsDeletedDeleted(Subject subject) throws Exception {
    subject.accepts(event(1, "7", EventType.Created));
    subject.accepts(event(3, "7", EventType.Deleted));
    subject.accepts(event(2, "7", EventType.Updated));
    assertThat(subject.receiver().copy()).isEmpty();
    subject.accepts(event(4, "7", EventType.Created));
    assertThat(subject.receiver().copy()).containsOnlyKeys("Article 7");
    assertThat(subject.applied()).containsExactlyInAnyOrder("evt_1", "evt_3", "evt_4");
  }

  private static void appliesAgainWhatAPersonSendsAgain(Subject subject) throws Exception {
    Journaled older = event(11, "8", EventType.Created);
    Journaled newest = event(12, "8", EventType.Updated);
    subject.accepts(older);
    subject.accepts(newest);
    for (int again : new int[] {0, 1, 1, 2, 1}) {
      subject.accepts(subject.requests().single(newest, again, Optional.empty()));
      subject.accepts(subject.requests().single(older, again, Optional.empty()));
    }
    subject.accepts(subject.requests().batch(List.of(newest), 3, Optional.empty()));
    assertThat(subject.applied())
        .filteredOn(id -> id.startsWith("evt_1") && id.length() == 6)
        .containsExactlyInAnyOrder("evt_11", "evt_12", "evt_12", "evt_12", "evt_12");
  }

  private static void tellsShortenedIdsApart(Subject subject) throws Exception {
    String same = "ä".repeat(200);
    subject.accepts(event(22, same + "one", EventType.Created));
    subject.accepts(event(21, same + "two", EventType.Created));
    assertThat(subject.receiver().copy())
        .containsKeys("Article " + same + "one", "Article " + same + "two");
    Journaled nameless =
        event(23, same, "{\"entityType\":\"Article\",\"nested\":{\"entityId\":1}}");
    subject.refuses(
        400,
        "Event evt_23: its body has to name its entity, as entityType and entityId, which the headers"
            + " of a batch and of ids beyond 256 bytes do not. Have the sender add them to its"
            + " template.",
        subject.requests().single(nameless, 0, Optional.empty()));
  }

  private static void readsBatches(Subject subject) throws Exception {
    String digits =
        "{ \"a\\u0062\" : [1, {\"x\": \"]}\\\"\"}] , \"EntityType\":\"Article\", \"EntityId\": 9007199254740993,\n"
            + " \"EntityEvent\":\"Created\", \"price\": 189.00 }";
    Journaled notify = event(32, "9007199254740993", digits);
    Journaled other = event(31, "9007199254740992", EventType.Created);
    Journaled own =
        new Journaled(
            new Event(
                "evt_33",
                "Rowhook",
                "journal",
                EventType.Complete,
                BEGIN,
                Position.of(33),
                bytes(
                    "{\"entityType\":\"Rowhook\",\"entityId\":\"journal\",\"event\":\"Complete\"}"),
                "shop"),
            33);
    subject.accepts(subject.requests().batch(List.of(other, notify, own), 0, Optional.empty()));
    subject.accepts(own);
    assertThat(subject.receiver().copy())
        .containsEntry("Article 9007199254740993", digits)
        .containsKey("Article 9007199254740992")
        .doesNotContainKey("Rowhook journal");
    HttpRequest batch = subject.requests().batch(List.of(other), 0, Optional.empty());
    subject.refuses(
        400,
        "Request evt_31: Rowhook-Event-Ids has 2, Rowhook-Sequence 1, and the body 1 events. They"
            + " have to be as many: look what has changed it on its way.",
        with(batch, "Rowhook-Event-Ids", "evt_31,evt_34"));
    subject.refuses(
        400,
        "Request evt_31: Rowhook-Sequence has to be a number, got 'x'. Is it Rowhook's, and does your"
            + " proxy let its headers through?",
        with(batch, "Rowhook-Sequence", "x"));
  }

  private static void takesOneEntityForTheSameAloneAndInABatch(Subject subject) throws Exception {
    int number = 40;
    for (String id :
        List.of("{\"a\":1,\"b\":\"ü, \\\"x\\\"\"}", "50 % + \\ \"ü\"", " 7\n", "1.50")) {
      int newest = number + 2;
      subject.accepts(event(newest, id, EventType.Created));
      subject.accepts(
          subject
              .requests()
              .batch(List.of(event(newest - 1, id, EventType.Updated)), 0, Optional.empty()));
      assertThat(subject.applied())
          .as(id)
          .contains("evt_" + newest)
          .doesNotContain("evt_" + (newest - 1));
      number += 2;
    }
  }

  private static void keepsTheGreatestMark(Subject subject) throws Exception {
    Journaled one = event(61, "10", EventType.Created);
    for (long micros : new long[] {5, 2, 9, 7}) { // with a duplicate as well
      Instant mark = BEGIN.plusNanos(1_000 * micros);
      subject.accepts(subject.requests().single(one, 0, Optional.of(mark)));
    }
    assertThat(subject.receiver().mark()).contains("2026-05-24T15:20:44.000010Z");
    for (String none :
        List.of(
            "soon",
            "9999-99-99T99:99:99.999999Z",
            "2027-02-30T00:00:00.000000Z",
            "2027-01-01T24:00:00.000000Z",
            "2027-01-01T00:00:60.000000Z",
            "2027-01-01T00:00:00Z")) {
      subject.accepts(
          with(subject.requests().single(one, 0, Optional.empty()), "Rowhook-Complete-To", none));
      assertThat(subject.receiver().mark()).contains("2026-05-24T15:20:44.000010Z");
    }
    HttpResponse<String> shown =
        subject.answer(HttpRequest.newBuilder(subject.receiver().uri()).build());
    assertThat(shown.body()).contains("\"2026-05-24T15:20:44.000010Z\"");
  }

  private static Journaled event(int sequence, String entityId, EventType type) {
    String quoted =
        entityId.startsWith("{")
            ? entityId
            : io.rowhook.base.Json.MAPPER.valueToTree(entityId).toString();
    return new Journaled(
        new Event(
            "evt_" + sequence,
            "Article",
            entityId,
            type,
            BEGIN,
            Position.of(sequence),
            bytes(
                "{\"entityType\":\"Article\",\"entityId\":%s,\"event\":\"%s\",\"data\":{\"stock\":%d}}"
                    .formatted(quoted, type, sequence))),
        sequence);
  }

  private static Journaled event(int sequence, String entityId, String body) {
    return new Journaled(
        new Event(
            "evt_" + sequence,
            "Article",
            entityId,
            EventType.Created,
            BEGIN,
            Position.of(sequence),
            bytes(body)),
        sequence);
  }

  private static HttpRequest with(HttpRequest request, String header, String value) {
    return HttpRequest.newBuilder(request, (_, _) -> true).setHeader(header, value).build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
