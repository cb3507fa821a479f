package io.rowhook.admin.receive;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Verifies Standard Webhooks' {@code v1a} signatures as a recipient would. Written apart from what
 * signs, on purpose, as {@link SignatureVerifier} is.
 *
 * @param publicKeys any of which may verify, {@code whpk_...}; none: they are not checked
 */
public record Ed25519Verifier(List<String> publicKeys) {

  static final Ed25519Verifier NONE = new Ed25519Verifier(List.of());

  private static final String PREFIX = "whpk_";
  private static final String VERSION = "v1a,";

  /** What stands before the 32 bytes of a key in DER (RFC 8410). */
  private static final byte[] DER = HexFormat.of().parseHex("302a300506032b6570032100");

  /**
   * @throws IllegalArgumentException if one is not of the form
   */
  public Ed25519Verifier {
    publicKeys = List.copyOf(publicKeys);
    publicKeys.forEach(Ed25519Verifier::key);
  }

  /** Whether one of the signatures in the header is by one of the keys. */
  boolean isRight(List<String> signatures, byte[] head, byte[] body) {
    return signatures.stream()
        .filter(one -> one.startsWith(VERSION))
        .anyMatch(one ->
            publicKeys.stream()
                .anyMatch(key -> verifies(key(key), one.substring(VERSION.length()), head, body)));
  }

  private static boolean verifies(PublicKey key, String base64, byte[] head, byte[] body) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(head);
      signature.update(body);
      return signature.verify(Base64.getDecoder().decode(base64.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException | IllegalArgumentException notOne) {
      return false;
    }
  }

  private static PublicKey key(String text) {
    String rule = "a public key is " + PREFIX + " and the base64 of 32 bytes";
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException(rule + "; this one does not start so");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      byte[] der = Arrays.copyOf(DER, DER.length + bytes.length);
      System.arraycopy(bytes, 0, der, DER.length, bytes.length);
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(rule + "; this one is not", e);
    }
  }
}
