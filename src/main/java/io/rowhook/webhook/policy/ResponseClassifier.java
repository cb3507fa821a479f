package io.rowhook.webhook.policy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.rowhook.base.Json;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.template.Condition;
import io.rowhook.template.TemplateException;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.Gone;
import io.rowhook.webhook.policy.AttemptResult.NoAnswer;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Weighs what came back: was it acknowledged, and if not, why not? The rules are the recipient's
 * own and those of {@code docs/receiving.md}, "What to answer". Pure. Any thread.
 */
public final class ResponseClassifier {

  /** How much of an answer is kept for a person to read. */
  static final int KEPT_BYTES = 1024;

  /** Nothing may stand behind the answer's one value. */
  private static final ObjectReader STRICT =
      Json.MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final int GONE = 410;

  /** What an answer's {@code Webhook-Delivery} may ask for, in the words of Svix. */
  private static final String ABORT = "abort-message";

  private static final String DISABLE = "disable";
  private static final String WANTS_NO_MORE =
      "webhook-delivery: disable: it wants no more webhooks";

  private final AcknowledgementRule rule;
  private final Optional<Condition> when;

  /**
   * Takes the recipient's rule.
   *
   * @throws IllegalArgumentException if its condition does not compile
   */
  public ResponseClassifier(AcknowledgementRule rule) {
    this.rule = rule;
    this.when = rule.when().map(ResponseClassifier::compiled);
  }

  private static Condition compiled(String text) {
    try {
      return Condition.compile("acknowledge.when", text);
    } catch (TemplateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The verdict on one reply. */
  public AttemptResult judge(HttpResult httpResult, Instant now) {
    return switch (httpResult) {
      case NoResponse(String reason) -> new NoAnswer(reason);
      case Response response -> judge(response, now);
    };
  }

  private AttemptResult judge(Response response, Instant now) {
    int status = response.status();
    String kept = readable(response.body());
    if (rule.status().contains(status)) {
      return unmet(response)
          .<AttemptResult>map(
              why -> refused(response, "answered " + status + ", but " + why, kept, now))
          .orElseGet(() ->
              asks(response, DISABLE)
                  ? new Gone(status, true, "acknowledged it, with " + WANTS_NO_MORE, kept)
                  : new Acknowledged(status, kept));
    }
    if (status == GONE && !rule.last().contains(GONE)) {
      return new Gone(status, false, "answered 410: it wants no more webhooks", kept);
    }
    String reason =
        status >= 300 && status < 400
            ? "answered " + status + redirect(response.location()) + ", which is not followed"
            : "answered " + status;
    return refused(response, reason, kept, now);
  }

  private AttemptResult refused(Response response, String reason, String kept, Instant now) {
    if (asks(response, DISABLE)) {
      return new Gone(response.status(), false, reason + ", with " + WANTS_NO_MORE, kept);
    }
    if (asks(response, ABORT)) {
      return new Refused(
          response.status(),
          reason + ", with webhook-delivery: abort-message",
          kept,
          Optional.empty(),
          true);
    }
    Optional<Duration> retryAfter =
        response.retryAfter().flatMap(value -> RetryAfter.parse(value, now));
    return new Refused(
        response.status(), reason, kept, retryAfter, rule.last().contains(response.status()));
  }

  private static boolean asks(Response response, String what) {
    return response.delivery().filter(value -> value.strip().equalsIgnoreCase(what)).isPresent();
  }

  /** Why the recipient's condition does not hold; empty: it does, or there is none. */
  private Optional<String> unmet(Response response) {
    if (when.isEmpty()) {
      return Optional.empty();
    }
    if (response.body().length > WebhookClient.ANSWER_LIMIT) {
      return Optional.of("with more than 64 KB, which is not looked at");
    }
    try {
      JsonNode json = STRICT.readTree(response.body());
      if (json.isMissingNode()) {
        return Optional.of("with nothing, where its acknowledge rule asks for JSON");
      }
      return when.get().holds(json)
          ? Optional.empty()
          : Optional.of("not as its acknowledge rule asks");
    } catch (IOException e) {
      return Optional.of("not with JSON, as its acknowledge rule asks");
    } catch (TemplateException e) {
      return Optional.of("in looking at it " + e.getMessage());
    }
  }

  /** Where to, by host only: what stands behind it may be a secret. */
  private static String redirect(Optional<String> location) {
    return location
        .flatMap(ResponseClassifier::host)
        .map(host -> ", a redirect to " + WebhookHeaders.safe(host))
        .orElse(", a redirect");
  }

  private static Optional<String> host(String location) {
    try {
      return Optional.ofNullable(URI.create(location.strip()).getHost());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The beginning of an answer as text that can be shown anywhere. */
  static String readable(byte[] body) {
    String text = new String(body, 0, Math.min(body.length, KEPT_BYTES), StandardCharsets.UTF_8);
    if (body.length > KEPT_BYTES && text.endsWith("\uFFFD")) {
      text = text.substring(0, text.length() - 1); // a character cut in two
    }
    StringBuilder out = new StringBuilder(text.length());
    text.chars().forEach(c -> out.append(Character.isISOControl(c) && c != '\n' ? ' ' : (char) c));
    return out.toString();
  }
}
