package io.rowhook.journal;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One POST for a delivery and what came of it; also a try that never got as far as a POST, because
 * the attribute set failed.
 *
 * @param number counts from 1 for each delivery
 * @param at when it started
 * @param took until it was judged
 * @param requestId unique to this attempt
 * @param status the answer's HTTP status; null without an answer
 * @param error why it failed, in words and without values; null when delivered
 * @param answer the first bytes of the answer, for a person to read; null without
 * @param attributeSet SHA-256 of the attribute set's source with all it imports, hex; null where
 *     none was found
 * @param bodySha256 of the bytes sent, hex; null where there were none
 */
public record Attempt(
    int number,
    Instant at,
    Duration took,
    String requestId,
    @Nullable Integer status,
    @Nullable String error,
    @Nullable String answer,
    @Nullable String attributeSet,
    @Nullable String bodySha256) {

  /** The same, where the answer must not be kept. */
  public Attempt withoutAnswer() {
    return new Attempt(number, at, took, requestId, status, error, null, attributeSet, bodySha256);
  }
}
