package io.rowhook.recipient;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * An Ed25519 private key as Standard Webhooks writes it: {@code whsk_} and the base64 of its 32
 * bytes (RFC 8032), or of these and the 32 of the public key, as many libraries keep it.
 */
public final class Ed25519Key {

  private static final String PRIVATE = "whsk_";
  private static final String PUBLIC = "whpk_";
  private static final int BYTES = 32;

  private final byte[] seed;

  private Ed25519Key(byte[] seed) {
    this.seed = seed;
  }

  /**
   * Decodes it.
   *
   * @throws IllegalArgumentException with the rule that it breaks, {@code must ...}; the message
   *     does not show it
   */
  public static Ed25519Key parse(Secret secret) {
    String text = secret.reveal();
    if (!text.startsWith(PRIVATE)) {
      throw new IllegalArgumentException("must begin with " + PRIVATE);
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.substring(PRIVATE.length()));
    } catch (IllegalArgumentException e) { // whose message would show a part of it
      throw new IllegalArgumentException("must be base64 after " + PRIVATE);
    }
    if (bytes.length != BYTES && bytes.length != 2 * BYTES) {
      throw new IllegalArgumentException(
          "must be the base64 of 32 bytes, or of 64 with the public key, and it is of "
              + bytes.length);
    }
    Ed25519Key key = new Ed25519Key(Arrays.copyOf(bytes, BYTES));
    if (bytes.length == 2 * BYTES
        && !Arrays.equals(key.publicBytes(), Arrays.copyOfRange(bytes, BYTES, 2 * BYTES))) {
      throw new IllegalArgumentException(
          "must have its own public key behind it, and it has another");
    }
    return key;
  }

  /** For {@link java.security.Signature}. */
  public PrivateKey privateKey() {
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has Ed25519", e);
    }
  }

  /** {@code whpk_} and base64: what a recipient needs. */
  public String publicKey() {
    return PUBLIC + Base64.getEncoder().encodeToString(publicBytes());
  }

  /** Java derives a public key only while it makes a pair, from what it takes for random. */
  private byte[] publicBytes() {
    try {
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("Ed25519");
      pairs.initialize(NamedParameterSpec.ED25519, new Given(seed));
      byte[] encoded = pairs.generateKeyPair().getPublic().getEncoded();
      return Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has Ed25519", e);
    }
  }

  @Override
  public String toString() {
    return "Ed25519Key";
  }

  private static final class Given extends SecureRandom {
    private static final long serialVersionUID = 1;

    private final byte[] seed;

    Given(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
