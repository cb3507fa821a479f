package io.rowhook.webhook.signing;

import io.rowhook.recipient.Authentication.Ed25519;
import io.rowhook.recipient.Ed25519Key;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Makes Standard Webhooks' {@code v1a} signatures; {@link Signer} writes them into the header. Keys
 * are decoded once. Any thread: every signature has a {@link Signature} of its own.
 */
final class Ed25519Signer {

  private final PrivateKey key;
  private final @Nullable PrivateKey previousKey;
  private final Instant previousUntil;

  /**
   * Decodes the keys.
   *
   * @throws IllegalArgumentException if one has not its form; the message does not show it
   */
  Ed25519Signer(Ed25519 keys) {
    key = Ed25519Key.parse(keys.privateKey()).privateKey();
    previousKey =
        keys.previous().map(old -> Ed25519Key.parse(old.secret()).privateKey()).orElse(null);
    previousUntil = keys.previous().map(old -> old.until()).orElse(Instant.MIN);
  }

  /**
   * One signature, or two separated by a space while the previous key is in force.
   *
   * @param now the attempt's time: its seconds are signed
   * @param body as it will be sent
   */
  String signatures(String id, Instant now, byte[] body) {
    byte[] head = (id + "." + now.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8);
    PrivateKey old = previousKey;
    String signature = sign(key, head, body);
    return old != null && now.isBefore(previousUntil)
        ? signature + " " + sign(old, head, body)
        : signature;
  }

  private static String sign(PrivateKey key, byte[] head, byte[] body) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(head);
      signature.update(body);
      return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has Ed25519", e);
    }
  }
}
