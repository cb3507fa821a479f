package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Acknowledgement.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What two requests have alike that ask a recipient for the same. Pure functions. */
final class RequestDigest {

  private RequestDigest() {}

  /**
   * Of the method, the address, the topic where a subscription names one, and the body. Null for a
   * deletion: after it the recipient has nothing that could be the same.
   *
   * @param request of one delivery
   */
  static @Nullable Digest of(List<RenderedDelivery> request) {
    RenderedDelivery one = request.getFirst();
    Event event = one.delivery().event();
    if (event.type() == EventType.Deleted) {
      return null;
    }
    String topic = one.body().set().topic(event);
    MessageDigest hash = sha256();
    add(hash, one.target().method().name());
    add(hash, one.target().url().toString());
    add(hash, topic.equals(event.topic()) ? "" : topic);
    hash.update(one.body().bytes());
    return Digest.of(hash.digest());
  }

  /**
   * Whether it may be left out: an update that no person has asked for. A creation says that there
   * is something, a snapshot was asked for.
   */
  static boolean isUpdate(List<RenderedDelivery> request) {
    RenderedDelivery one = request.getFirst();
    return one.delivery().event().type() == EventType.Updated && one.delivery().redelivery() == 0;
  }

  private static void add(MessageDigest hash, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    hash.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
