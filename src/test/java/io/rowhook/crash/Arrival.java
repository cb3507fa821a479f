package io.rowhook.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A request that reached a recipient.
 *
 * @param request tells requests apart that have several events; empty: it has one
 * @param id {@code Webhook-Id}
 * @param bodySha256 of the bytes, hex
 * @param entity {@code Article/7}
 * @param what the event and its versions, as the body has them
 * @param sequence {@code Rowhook-Sequence}
 * @param acknowledged whether it was answered 200
 * @param fault what is wrong with this request by itself: signature, id, values; empty if nothing
 *     is
 */
record Arrival(
    String request,
    String id,
    String bodySha256,
    String entity,
    Expected what,
    long sequence,
    boolean acknowledged,
    String fault) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads a {@code full} body; its values are checked unless there is a fault already. */
  static Arrival of(String id, byte[] body, long sequence, boolean acknowledged, String fault) {
    return of("", id, body, sequence, acknowledged, fault);
  }

  /** The same of one event of a request. */
  static Arrival of(
      String request, String id, byte[] body, long sequence, boolean acknowledged, String fault) {
    String hash = HexFormat.of().formatHex(sha256(body));
    try {
      JsonNode event = JSON.readTree(body);
      String entity = event.path("entityType").asText() + "/" + event.path("entityId").asText();
      Expected what =
          new Expected(
              event.path("event").asText(),
              event.path("data").path("version").asLong(),
              event.path("previous").path("version").asLong());
      String found = fault.isEmpty() ? Values.fault(id, event) : fault;
      return new Arrival(request, id, hash, entity, what, sequence, acknowledged, found);
    } catch (IOException e) {
      Expected nothing = new Expected("", 0, 0);
      return new Arrival(
          request, id, hash, "", nothing, sequence, acknowledged, "the body is not JSON");
    }
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
