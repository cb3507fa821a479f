package io.rowhook.admin.receive;

import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signatures as a recipient would. Written apart from what signs, on purpose: shared code
 * would find its own faults right.
 *
 * @param style how the signature is written
 * @param header where
 * @param algorithm the hash; SHA-256 in {@code standard}
 * @param prefix stands before the signature in {@code hex} and {@code base64}
 * @param secrets any of which may have signed; none: these signatures are not checked
 * @param ed25519 checks the asymmetric ones besides
 */
public record SignatureVerifier(
    SignatureScheme style,
    String header,
    Algorithm algorithm,
    String prefix,
    List<Secret> secrets,
    Ed25519Verifier ed25519) {

  /** Standard Webhooks 1.0.0 leaves the tolerance open; its libraries all use this one. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** Checks nothing. */
  public static final SignatureVerifier NONE =
      new SignatureVerifier(
          SignatureScheme.standard, SignatureScheme.standard.defaultHeader(), List.of());

  private static final String PREFIX = "whsec_";
  private static final String STANDARD_HEADER = "webhook-signature";

  /**
   * @throws IllegalArgumentException if a secret is not of the style's form; the message does not
   *     show it
   */
  public SignatureVerifier {
    secrets = List.copyOf(secrets);
    for (Secret secret : secrets) {
      key(style, secret);
    }
  }

  /** As the style has it. */
  public SignatureVerifier(SignatureScheme style, String header, List<Secret> secrets) {
    this(
        style,
        header,
        Algorithm.sha256,
        Hmac.defaultPrefix(style, Algorithm.sha256),
        secrets,
        Ed25519Verifier.NONE);
  }

  /** Standard Webhooks with one secret, {@code whsec_…}. */
  public static SignatureVerifier standard(String secret) {
    return new SignatureVerifier(
        SignatureScheme.standard,
        SignatureScheme.standard.defaultHeader(),
        List.of(new Secret(secret)));
  }

  /**
   * @param headers by lower-case name
   * @param body the bytes as received
   */
  VerificationResult check(Map<String, List<String>> headers, byte[] body, Instant now) {
    List<String> values = headers.getOrDefault(header.toLowerCase(Locale.ROOT), List.of());
    List<String> standard = headers.getOrDefault(STANDARD_HEADER, List.of());
    if (secrets.isEmpty() && ed25519.publicKeys().isEmpty()) {
      return values.isEmpty() && standard.isEmpty()
          ? VerificationResult.ABSENT
          : VerificationResult.UNCHECKED;
    }
    VerificationResult symmetric =
        secrets.isEmpty() ? VerificationResult.VERIFIED : symmetric(headers, values, body, now);
    return symmetric.refuses() || ed25519.publicKeys().isEmpty()
        ? symmetric
        : asymmetric(headers, String.join(" ", standard), body, now);
  }

  private VerificationResult symmetric(
      Map<String, List<String>> headers, List<String> values, byte[] body, Instant now) {
    if (values.isEmpty()) {
      return VerificationResult.MISSING;
    }
    return switch (style) {
      case standard -> standard(headers, String.join(" ", values), body, now);
      case hex -> untimed(headers, mac -> prefix + HexFormat.of().formatHex(mac), body);
      case base64 ->
          untimed(headers, mac -> prefix + Base64.getEncoder().encodeToString(mac), body);
      case timestamped -> timestamped(values.getFirst(), body, now);
    };
  }

  private VerificationResult asymmetric(
      Map<String, List<String>> headers, String signatures, byte[] body, Instant now) {
    String id = first(headers, "webhook-id");
    String timestamp = first(headers, "webhook-timestamp");
    List<String> given = Arrays.asList(signatures.trim().split(" +"));
    if (given.stream().noneMatch(one -> one.startsWith("v1a,"))) {
      return VerificationResult.MISSING;
    }
    if (id == null || timestamp == null) {
      return VerificationResult.WRONG;
    }
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    return timed(timestamp, now, ed25519.isRight(given, head, body));
  }

  private VerificationResult standard(
      Map<String, List<String>> headers, String signatures, byte[] body, Instant now) {
    String id = first(headers, "webhook-id");
    String timestamp = first(headers, "webhook-timestamp");
    if (id == null || timestamp == null) {
      return VerificationResult.WRONG;
    }
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    List<String> given = Arrays.asList(signatures.trim().split(" +"));
    return timed(
        timestamp,
        now,
        anySecret(
            mac -> {
              String right = "v1," + Base64.getEncoder().encodeToString(mac);
              return given.stream().anyMatch(one -> same(one, right));
            },
            head,
            body));
  }

  private VerificationResult timestamped(String header, byte[] body, Instant now) {
    List<String> parts = Arrays.asList(header.split(","));
    String timestamp =
        parts.stream()
            .filter(p -> p.startsWith("t="))
            .map(p -> p.substring(2))
            .findFirst()
            .orElse("");
    byte[] head = (timestamp + ".").getBytes(StandardCharsets.UTF_8);
    return timed(
        timestamp,
        now,
        anySecret(
            mac -> {
              String right = "v1=" + HexFormat.of().formatHex(mac);
              return parts.stream().anyMatch(one -> same(one, right));
            },
            head,
            body));
  }

  /** While a secret is rotated, a second header has the signature with the old one. */
  private VerificationResult untimed(
      Map<String, List<String>> headers, Function<byte[], String> written, byte[] body) {
    String name = header.toLowerCase(Locale.ROOT);
    return Stream.of(name, name + "-previous")
            .map(one -> first(headers, one))
            .filter(Objects::nonNull)
            .anyMatch(given -> anySecret(mac -> same(given, written.apply(mac)), body))
        ? VerificationResult.VERIFIED
        : VerificationResult.WRONG;
  }

  private static VerificationResult timed(String timestamp, Instant now, boolean right) {
    if (!right) {
      return VerificationResult.WRONG;
    }
    try {
      Instant signed = Instant.ofEpochSecond(Long.parseLong(timestamp));
      boolean near = Duration.between(signed, now).abs().compareTo(TOLERANCE) <= 0;
      return near ? VerificationResult.VERIFIED : VerificationResult.STALE;
    } catch (RuntimeException notATime) {
      return VerificationResult.STALE;
    }
  }

  private boolean anySecret(Predicate<byte[]> right, byte[]... signed) {
    return secrets.stream().map(secret -> hmac(key(style, secret), signed)).anyMatch(right);
  }

  private static byte[] key(SignatureScheme style, Secret secret) {
    String text = secret.reveal();
    if (style != SignatureScheme.standard) {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("the secret must not be empty");
      }
      return text.getBytes(StandardCharsets.UTF_8);
    }
    String rule = "a secret of style standard is " + PREFIX + " and base64";
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException(rule + "; this one does not start so");
    }
    try {
      byte[] key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      if (key.length == 0) {
        throw new IllegalArgumentException("empty");
      }
      return key;
    } catch (IllegalArgumentException e) { // whose message would show a part of the secret
      throw new IllegalArgumentException(rule + "; what follows " + PREFIX + " is not base64");
    }
  }

  private byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm.javaName());
      mac.init(new SecretKeySpec(key, algorithm.javaName()));
      Stream.of(parts).forEach(mac::update);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + algorithm.javaName(), e);
    }
  }

  /** In a time that tells nothing of where they differ. */
  private static boolean same(String given, String right) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String first(Map<String, List<String>> headers, String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.getFirst();
  }
}
