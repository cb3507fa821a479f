package io.rowhook.admin.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The receiver over real HTTP; signed by Standard Webhooks' own library. */
class TestReceiverTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String BODY = "{\"name\":\"Müller\"}";

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ReceivedRequest> received = new CopyOnWriteArrayList<>();

  @Test
  void handsOnTheRequestAsItCame() throws Exception {
    try (TestReceiver receiver = new TestReceiver(TestReceiver.Settings.DEFAULT, received::add)) {
      HttpRequest request =
          HttpRequest.newBuilder(receiver.uri().resolve("/h?secret=xyz&a=%20b"))
              .header("Rowhook-Topic", "order.updated")
              .header("Webhook-Id", "evt_1")
              .header("Rowhook-Attempt", "2")
              .POST(BodyPublishers.ofString(BODY))
              .build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    ReceivedRequest one = received.getFirst();
    assertThat(one.method()).isEqualTo("POST");
    assertThat(one.path()).isEqualTo("/h?secret=xyz&a=%20b");
    assertThat(one.text()).isEqualTo(BODY);
    assertThat(one.topic()).isEqualTo("order.updated");
    assertThat(one.id()).isEqualTo("evt_1");
    assertThat(one.attempt()).isEqualTo("2");
    assertThat(one.signature()).isEqualTo(VerificationResult.ABSENT);
    assertThat(one.basic()).isEqualTo(VerificationResult.ABSENT);
    assertThat(one.at()).isBetween(Instant.now().minusSeconds(60), Instant.now());
  }

  @Test
  void believesOnlyWhoSignsRightAndNow() throws Exception {
    var settings = TestReceiver.Settings.DEFAULT.withSignature(SignatureVerifier.standard(SECRET));
    try (TestReceiver receiver = new TestReceiver(settings, received::add)) {
      long now = Instant.now().getEpochSecond();
      assertThat(postSigned(receiver, SECRET, now)).isEqualTo(200);
      assertThat(postSigned(receiver, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", now))
          .isEqualTo(401);
      assertThat(postSigned(receiver, SECRET, now - 400)).isEqualTo(401);
      assertThat(post(receiver).statusCode()).isEqualTo(401);
    }
    assertThat(received)
        .extracting(ReceivedRequest::signature)
        .containsExactly(
            VerificationResult.VERIFIED,
            VerificationResult.WRONG,
            VerificationResult.STALE,
            VerificationResult.MISSING);
  }

  @Test
  void believesOnlyWhoHasThePassword() throws Exception {
    var settings = TestReceiver.Settings.DEFAULT.withBasic("erp:pä:ss");
    try (TestReceiver receiver = new TestReceiver(settings, received::add)) {
      assertThat(post(receiver, "Authorization", "Basic ZXJwOnDDpDpzcw==").statusCode())
          .isEqualTo(200);
      assertThat(post(receiver, "Authorization", "Basic ZXJwOnBhc3M=").statusCode()).isEqualTo(401);
      HttpResponse<String> answer = post(receiver);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    }
    assertThat(received)
        .extracting(ReceivedRequest::basic)
        .containsExactly(
            VerificationResult.VERIFIED, VerificationResult.WRONG, VerificationResult.MISSING);
  }

  @Test
  void failsTheFirstOnesAndThenAnswersAsTold() throws Exception {
    var answer = new TestReceiver.Answer(202, 2, Duration.ofMillis(50), "{\"status\":\"OK\"}");
    var settings = TestReceiver.Settings.DEFAULT.withAnswer(answer);
    try (TestReceiver receiver = new TestReceiver(settings, received::add)) {
      long start = System.nanoTime();
      assertThat(post(receiver).statusCode()).isEqualTo(500);
      assertThat(post(receiver).statusCode()).isEqualTo(500);
      HttpResponse<String> third = post(receiver);
      assertThat(third.statusCode()).isEqualTo(202);
      assertThat(third.body()).isEqualTo("{\"status\":\"OK\"}");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
    }
    assertThat(received).extracting(ReceivedRequest::status).containsExactly(500, 500, 202);
  }

  private HttpResponse<String> post(TestReceiver receiver, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(receiver.uri()).POST(BodyPublishers.ofString(BODY));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private int postSigned(TestReceiver receiver, String secret, long at) throws Exception {
    String signature = new Webhook(secret).sign("evt_1", at, BODY);
    return post(
            receiver,
            "Webhook-Id",
            "evt_1",
            "Webhook-Timestamp",
            Long.toString(at),
            "Webhook-Signature",
            signature)
        .statusCode();
  }
}
