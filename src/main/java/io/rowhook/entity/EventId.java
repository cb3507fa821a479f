package io.rowhook.entity;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Makes event ids: {@code evt_} and the first 128 bits of SHA-256, in hex, over (epoch, position of
 * the transaction's END, entity, entity id, event), each with its length before it, so that no two
 * different events give the same bytes.
 *
 * <p>The same after any crash, replay or redelivery, since all five are. No full stop in it:
 * Standard Webhooks 1.0.0 joins what it signs by full stops.
 */
final class EventId {

  private static final int BYTES = 16;

  private EventId() {}

  static String of(Epoch epoch, Lsn end, String entityType, String entityId, EventType type) {
    MessageDigest digest = sha256();
    add(digest, epoch.id());
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(end.value()).array());
    add(digest, entityType);
    add(digest, entityId);
    add(digest, type.name());
    return "evt_" + HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
