package io.rowhook.webhook.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an answer means. */
class ResponseClassifierTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void takesAnyTwoHundredAsAcknowledged() {
    assertThat(judge(200, null, null)).isEqualTo(new Acknowledged(200, "body"));
    assertThat(judge(299, null, null)).isInstanceOf(Acknowledged.class);
    assertThat(judge(199, null, null)).isInstanceOf(Refused.class);
  }

  @Test
  @Tag("feature-32")
  void doesNotTakeARedirectForAnAcknowledgement() {
    assertThat(judge(302, null, "https://other.example.com/h?token=abc"))
        .isEqualTo(
            new Refused(
                302,
                "answered 302, a redirect to other.example.com, which is not followed",
                "body",
                Optional.empty(),
                false));
    assertThat(((Refused) judge(302, null, "/elsewhere?token=abc")).reason())
        .isEqualTo("answered 302, a redirect, which is not followed");
    assertThat(((Refused) judge(302, null, ":%$")).reason()).doesNotContain("%");
  }

  @Test
  @Tag("feature-34")
  void heedsRetryAfterWhateverTheStatus() {
    for (int status : List.of(302, 400, 401, 404, 429, 500, 502, 503, 504)) {
      assertThat(((Refused) judge(status, "60", null)).retryAfter())
          .contains(Duration.ofSeconds(60));
    }
    assertThat(((Refused) judge(503, "soon", null)).retryAfter()).isEmpty();
  }

  @Test
  void keepsTheBeginningOfAnAnswerReadable() {
    byte[] body = ("a".repeat(1023) + "ü and more").getBytes(StandardCharsets.UTF_8);
    assertThat(ResponseClassifier.readable(body)).isEqualTo("a".repeat(1023));
    assertThat(ResponseClassifier.readable("a\u0000\u001b[31m\nb".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("a  [31m\nb");
  }

  private static AttemptResult judge(
      int status,
      @org.jspecify.annotations.Nullable String retryAfter,
      @org.jspecify.annotations.Nullable String location) {
    return new ResponseClassifier(AcknowledgementRule.ANY_2XX)
        .judge(
            new Response(
                status,
                Optional.ofNullable(retryAfter),
                Optional.ofNullable(location),
                Optional.empty(),
                "body".getBytes(StandardCharsets.UTF_8)),
            NOW);
  }
}
