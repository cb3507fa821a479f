package io.rowhook.webhook;

import io.rowhook.webhook.Reply.Answer;
import io.rowhook.webhook.Reply.Silence;
import io.rowhook.webhook.Verdict.Acknowledged;
import io.rowhook.webhook.Verdict.NoAnswer;
import io.rowhook.webhook.Verdict.Refused;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Weighs what came back: was it acknowledged, and if not, why not? The rules are those of {@code
 * wire.md}, "Answers": any 2xx is an acknowledgement, a redirect is not. Pure functions.
 */
final class Judge {

  /** How much of an answer is kept for a person to read. */
  static final int KEPT_BYTES = 1024;

  /** Whose {@code Retry-After} counts. */
  private static final Set<Integer> HEEDED = Set.of(429, 502, 503, 504);

  private Judge() {}

  /** The verdict on one reply. */
  static Verdict judge(Reply reply, Instant now) {
    return switch (reply) {
      case Silence(String reason) -> new NoAnswer(reason);
      case Answer answer -> judge(answer, now);
    };
  }

  private static Verdict judge(Answer answer, Instant now) {
    int status = answer.status();
    String kept = readable(answer.body());
    if (status >= 200 && status < 300) {
      return new Acknowledged(status, kept);
    }
    Optional<Duration> retryAfter =
        HEEDED.contains(status)
            ? answer.retryAfter().flatMap(value -> RetryAfter.parse(value, now))
            : Optional.empty();
    String reason =
        status >= 300 && status < 400
            ? "answered " + status + redirect(answer.location()) + ", which is not followed"
            : "answered " + status;
    return new Refused(status, reason, kept, retryAfter, false);
  }

  /** Where to, by host only: what stands behind it may be a secret. */
  private static String redirect(Optional<String> location) {
    return location
        .flatMap(Judge::host)
        .map(host -> ", a redirect to " + Headers.safe(host))
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
