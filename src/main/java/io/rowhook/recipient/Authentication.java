package io.rowhook.recipient;

import java.time.Instant;
import java.util.Optional;

/**
 * How requests to a recipient are authenticated. At most one of basic, bearer and OAuth 2.0, which
 * share a header.
 *
 * @param hmac signs the body with a secret that the recipient has too
 * @param basic user name and password (RFC 7617, UTF-8)
 * @param bearer a token that is sent as it is (RFC 6750)
 * @param oauth2 where tokens come from that are sent likewise
 * @param ed25519 signs the body with a key of which the recipient has the public one
 */
public record Authentication(
    Optional<Hmac> hmac,
    Optional<Basic> basic,
    Optional<Secret> bearer,
    Optional<OAuth2> oauth2,
    Optional<Ed25519> ed25519) {

  public static final Authentication NONE = new Authentication(Optional.empty(), Optional.empty());

  public Authentication(Optional<Hmac> hmac, Optional<Basic> basic) {
    this(hmac, basic, Optional.empty());
  }

  public Authentication(Optional<Hmac> hmac, Optional<Basic> basic, Optional<Secret> bearer) {
    this(hmac, basic, bearer, Optional.empty());
  }

  public Authentication(
      Optional<Hmac> hmac,
      Optional<Basic> basic,
      Optional<Secret> bearer,
      Optional<OAuth2> oauth2) {
    this(hmac, basic, bearer, oauth2, Optional.empty());
  }

  /** The same with other Ed25519 keys. */
  public Authentication with(Optional<Ed25519> other) {
    return new Authentication(hmac, basic, bearer, oauth2, other);
  }

  /** Whether it sends the header {@code Authorization}. */
  public boolean hasAuthorization() {
    return basic.isPresent() || bearer.isPresent() || oauth2.isPresent();
  }

  /** How a signature is made and written; see {@code docs/receiving.md}, "Who has sent it?". */
  public enum SignatureScheme {
    standard("Webhook-Signature"),
    hex("X-Hub-Signature-256"),
    base64("X-Webhook-Hmac-Sha256"),
    timestamped("X-Webhook-Signature");

    private final String defaultHeader;

    SignatureScheme(String defaultHeader) {
      this.defaultHeader = defaultHeader;
    }

    public String defaultHeader() {
      return defaultHeader;
    }
  }

  /** The hash under an HMAC. */
  public enum Algorithm {
    sha256("HmacSHA256"),
    sha512("HmacSHA512");

    private final String javaName;

    Algorithm(String javaName) {
      this.javaName = javaName;
    }

    /** As {@link javax.crypto.Mac} knows it. */
    public String javaName() {
      return javaName;
    }
  }

  /**
   * HMAC.
   *
   * @param secret for {@code standard} {@code whsec_} and base64; otherwise the text as it is
   * @param style how it is written
   * @param header in which header; fixed for {@code standard}
   * @param algorithm SHA-256 for {@code standard}
   * @param prefix stands before the signature in {@code hex} and {@code base64}; may be empty
   * @param previous the secret before, while it is rotated
   */
  public record Hmac(
      Secret secret,
      SignatureScheme style,
      String header,
      Algorithm algorithm,
      String prefix,
      Optional<Previous> previous) {

    /** As {@code docs/receiving.md} has each style. */
    public Hmac(Secret secret, SignatureScheme style, String header, Optional<Previous> previous) {
      this(
          secret,
          style,
          header,
          Algorithm.sha256,
          defaultPrefix(style, Algorithm.sha256),
          previous);
    }

    /** As GitHub writes it in {@code hex}; none in the others. */
    public static String defaultPrefix(SignatureScheme style, Algorithm algorithm) {
      return style == SignatureScheme.hex ? algorithm.name() + "=" : "";
    }
  }

  /**
   * Ed25519, as Standard Webhooks' {@code v1a}.
   *
   * @param privateKey as {@link Ed25519Key} reads it
   * @param previous the key before, while it is rotated
   */
  public record Ed25519(Secret privateKey, Optional<Previous> previous) {}

  /** A secret that is still signed with, until an instant. */
  public record Previous(Secret secret, Instant until) {}

  /** A user name and a password. */
  public record Basic(String username, Secret password) {}
}
