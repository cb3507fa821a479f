package io.rowhook.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.VerificationResult;
import io.rowhook.base.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** A webhook that has reached one of the demo's recipients. */
record Arrival(String recipient, ReceivedRequest request) {

  /** Reads numbers as they stand there: 43.70 is not 43.7. */
  String topic() {
    String topic = request.topic();
    return topic != null ? topic : "(no topic)";
  }

  /** Whether whatever this recipient asks for, if anything, was there and right. */
  boolean verified() {
    return request.accepted()
        && request.signature() != VerificationResult.UNCHECKED
        && request.basic() != VerificationResult.UNCHECKED;
  }

  /** What was verified, in words. */
  String credentials() {
    if (request.signature() != VerificationResult.ABSENT) {
      return "signature " + request.signature().words();
    }
    return request.basic() != VerificationResult.ABSENT
        ? "basic auth " + request.basic().words()
        : "no authentication";
  }

  JsonNode body() {
    try {
      return Json.MAPPER.readTree(request.body());
    } catch (IOException e) {
      return Json.MAPPER.missingNode();
    }
  }

  /**
   * From the commit, as the webhook states it, to its last byte. Both are clocks of this machine.
   */
  Duration sinceCommit() {
    String committed = request.header("Rowhook-Committed-At");
    try {
      return committed == null
          ? Duration.ZERO
          : Duration.between(Instant.parse(committed), request.at());
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }
}
