package io.rowhook.webhook.signing;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import io.rowhook.webhook.HttpHeader;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes the headers that authenticate a request to one recipient, over the very bytes that {@link
 * Sender} sends. The styles are those of {@code docs/receiving.md}, "Who has sent it?"; keys are
 * decoded once. Any thread: every signature has a {@link Mac} of its own.
 *
 * <p>While a previous secret is in force, a recipient that knows either secret must be able to
 * verify. What its verifier accepts decides how:
 *
 * <ul>
 *   <li>{@code standard}: both signatures in the one header, separated by a space (Standard
 *       Webhooks 1.0.0)
 *   <li>{@code timestamped}: both as {@code v1=} in the one header, separated by a comma (Stripe's
 *       verifiers take any of them)
 *   <li>{@code hex}, {@code base64}: such a verifier compares the whole header with one value, so
 *       the header is made with the new secret, and a second one, its name and {@code -Previous},
 *       with the old
 * </ul>
 *
 * <p>Ed25519 signatures stand in the header of {@code standard}, behind those of an HMAC in that
 * style; {@link Ed25519Signer} makes them.
 */
public final class Signer {

  /**
   * Appended to the header's name for a signature with the previous secret, in the one-value
   * styles.
   */
  static final String PREVIOUS = "-Previous";

  private static final String STANDARD_PREFIX = "whsec_";

  private final @Nullable Hmac hmac;
  private final @Nullable Key key;
  private final @Nullable Key previousKey;
  private final @Nullable Instant previousUntil;
  private final @Nullable Ed25519Signer ed25519;
  private final @Nullable HttpHeader authorization;

  /**
   * Decodes the keys.
   *
   * @throws IllegalArgumentException if a secret has not the form that its style asks for; the
   *     message does not say what it is
   */
  public Signer(Authentication authentication) {
    hmac = authentication.hmac().orElse(null);
    key = hmac == null ? null : key(hmac.secret(), hmac);
    if (hmac != null && hmac.previous().isPresent()) {
      previousKey = key(hmac.previous().get().secret(), hmac);
      previousUntil = hmac.previous().get().until();
    } else {
      previousKey = null;
      previousUntil = null;
    }
    ed25519 = authentication.ed25519().map(Ed25519Signer::new).orElse(null);
    authorization =
        authentication
            .basic()
            .map(Signer::basic)
            .or(() -> authentication.bearer().map(Signer::bearer))
            .orElse(null);
  }

  /**
   * The headers for one request; empty without authentication.
   *
   * @param id the event's
   * @param now the attempt's time: its seconds are signed, and it decides whether the previous
   *     secret is still in force
   * @param body as it will be sent
   */
  public List<HttpHeader> headers(String id, Instant now, byte[] body) {
    List<HttpHeader> headers = new ArrayList<>(4);
    if (hmac != null && key != null) {
      Optional<Key> old =
          previousUntil != null && now.isBefore(previousUntil)
              ? Optional.ofNullable(previousKey)
              : Optional.empty();
      sign(headers, hmac, key, old, id, now.getEpochSecond(), body);
    }
    if (ed25519 != null) {
      addStandard(headers, ed25519.signatures(id, now, body));
    }
    if (authorization != null) {
      headers.add(authorization);
    }
    return headers;
  }

  /** Beside the signatures that are in the header already. */
  private static void addStandard(List<HttpHeader> headers, String signatures) {
    String name = SignatureScheme.standard.defaultHeader();
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).name().equals(name)) {
        headers.set(i, new HttpHeader(name, headers.get(i).value() + " " + signatures));
        return;
      }
    }
    headers.add(new HttpHeader(name, signatures));
  }

  private static void sign(
      List<HttpHeader> headers,
      Hmac hmac,
      Key key,
      Optional<Key> old,
      String id,
      long seconds,
      byte[] body) {
    switch (hmac.style()) {
      case standard -> {
        String signed = id + "." + seconds + ".";
        String value = "v1," + base64(key, signed, body);
        headers.add(
            new HttpHeader(
                SignatureScheme.standard.defaultHeader(),
                old.map(k -> value + " v1," + base64(k, signed, body)).orElse(value)));
      }
      case timestamped -> {
        String signed = seconds + ".";
        String value = "t=" + seconds + ",v1=" + hex(key, signed, body);
        headers.add(
            new HttpHeader(
                hmac.header(), old.map(k -> value + ",v1=" + hex(k, signed, body)).orElse(value)));
      }
      case hex -> {
        headers.add(new HttpHeader(hmac.header(), hmac.prefix() + hex(key, "", body)));
        old.ifPresent(k ->
            headers.add(
                new HttpHeader(hmac.header() + PREVIOUS, hmac.prefix() + hex(k, "", body))));
      }
      case base64 -> {
        headers.add(new HttpHeader(hmac.header(), hmac.prefix() + base64(key, "", body)));
        old.ifPresent(k ->
            headers.add(
                new HttpHeader(hmac.header() + PREVIOUS, hmac.prefix() + base64(k, "", body))));
      }
    }
  }

  private static Key key(Secret secret, Hmac hmac) {
    byte[] bytes =
        switch (hmac.style()) {
          case standard -> standardKey(secret);
          case hex, base64, timestamped -> secret.reveal().getBytes(StandardCharsets.UTF_8);
        };
    if (bytes.length == 0) {
      throw new IllegalArgumentException("the HMAC secret is empty");
    }
    return new Key(new SecretKeySpec(bytes, hmac.algorithm().javaName()));
  }

  private static byte[] standardKey(Secret secret) {
    String text = secret.reveal();
    if (!text.startsWith(STANDARD_PREFIX)) {
      throw new IllegalArgumentException(
          "a secret of style standard must be whsec_ followed by base64; this one does not start"
              + " with whsec_");
    }
    try {
      return Base64.getDecoder().decode(text.substring(STANDARD_PREFIX.length()));
    } catch (IllegalArgumentException e) {
      // The cause would quote a character of the secret.
      throw new IllegalArgumentException(
          "a secret of style standard must be whsec_ followed by base64; what follows is not base64");
    }
  }

  /** RFC 7617, in UTF-8. */
  public static HttpHeader basic(Basic basic) {
    String pair = basic.username() + ":" + basic.password().reveal();
    return new HttpHeader(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static HttpHeader bearer(Secret token) {
    return new HttpHeader("Authorization", "Bearer " + token.reveal());
  }

  private static String base64(Key key, String before, byte[] body) {
    return Base64.getEncoder().encodeToString(mac(key, before, body));
  }

  private static String hex(Key key, String before, byte[] body) {
    return HexFormat.of().formatHex(mac(key, before, body));
  }

  private static byte[] mac(Key key, String before, byte[] body) {
    Mac mac = key.mac();
    mac.update(before.getBytes(StandardCharsets.UTF_8));
    return mac.doFinal(body);
  }

  /**
   * A key, and a {@link Mac} that has it and is only ever copied, which costs less than to set one
   * up.
   */
  private record Key(SecretKeySpec secret, Mac empty) {

    Key(SecretKeySpec secret) {
      this(secret, withKey(secret));
    }

    Mac mac() {
      try {
        return (Mac) empty.clone();
      } catch (CloneNotSupportedException e) {
        return withKey(secret); // a system whose keys lie in a token, as with FIPS
      }
    }

    private static Mac withKey(SecretKeySpec secret) {
      try {
        Mac mac = Mac.getInstance(secret.getAlgorithm());
        mac.init(secret);
        return mac;
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("every Java platform has " + secret.getAlgorithm(), e);
      }
    }
  }
}
