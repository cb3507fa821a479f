package io.rowhook.settings.recipients;

import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.Ed25519Key;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ValueParser;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What the single values of a recipient's file must be. */
public final class RecipientValueParsers {

  private static final String SECRET_PREFIX = "whsec_";

  /** Standard Webhooks 1.0.0, "Signature scheme": between 24 and 64 bytes. */
  private static final int MIN_SECRET = 24;

  private static final int MAX_SECRET = 64;

  /** Servers commonly take 8 KB a line. */
  private static final int MAX_HEADER_VALUE = 8_000;

  private static final String NEW_SECRET =
      "Make one with: echo \"whsec_$(openssl rand -base64 32)\"";

  /** RFC 9110, section 5.6.2: a token. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+\\-.^_`|~0-9A-Za-z]{1,128}");

  /** Headers that Rowhook or HTTP itself sets. */
  private static final Set<String> TAKEN =
      Set.of(
          "authorization",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "host",
          "te",
          "traceparent",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "webhook-id",
          "webhook-timestamp");

  private RecipientValueParsers() {}

  /** An absolute URL; kept byte for byte. */
  static ValueParser<URI> url(boolean http) {
    return value -> {
      String shown = withoutSecrets(value);
      URI url = parsed(value, shown);
      String scheme = String.valueOf(url.getScheme());
      if (!scheme.equals("https") && !scheme.equals("http")) {
        throw InvalidValueException.showing(
            "must begin with https://", shown, "Write for example https://shop.example.com/hook.");
      }
      if (url.getRawAuthority() != null && url.getRawAuthority().indexOf('@') >= 0) {
        throw InvalidValueException.showing(
            "must not hold a user or password",
            shown,
            "Put them under authentication: {basic: {username: ..., password: ...}}.");
      }
      if (url.getHost() == null) {
        throw InvalidValueException.showing(
            "must have a host of letters, digits, dots and hyphens",
            shown,
            "Write for example https://shop.example.com/hook.");
      }
      if (url.getPort() == 0 || url.getPort() > 65_535) {
        throw InvalidValueException.showing(
            "must have a port from 1 to 65535", shown, "Correct the port.");
      }
      if (url.getRawFragment() != null) {
        throw InvalidValueException.showing(
            "must not have a fragment (#...), which HTTP does not send",
            shown,
            "Take it out, or write %23.");
      }
      if (scheme.equals("http") && !http) {
        throw InvalidValueException.showing(
            "must begin with https://, since http:// sends everything unencrypted",
            shown,
            "Use https://, or add allow: {http: true}.");
      }
      return url;
    };
  }

  private static URI parsed(String value, String shown) throws InvalidValueException {
    if (!value.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw InvalidValueException.showing(
          "must have only printable ASCII characters and no spaces",
          shown,
          "Percent-encode the others, and write the host in Punycode.");
    }
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      throw InvalidValueException.showing(
          "must be a URL; the character at position "
              + (e.getIndex() + 1)
              + " breaks the rules of RFC 2396",
          shown,
          "Percent-encode it.");
    }
  }

  /** Scheme and host; user, password, path and query may be secret. */
  static String withoutSecrets(String url) {
    int slashes = url.indexOf("//");
    int from = slashes < 0 ? 0 : slashes + 2;
    String rest = url.substring(from);
    String authority = rest.split("[/?#]", 2)[0];
    String more = authority.length() < rest.length() ? "/..." : "";
    int at = authority.lastIndexOf('@');
    if (at < 0 && rest.indexOf('@') >= 0) {
      return url.substring(0, from) + "..."; // a password may have been cut in two
    }
    return url.substring(0, from) + (at < 0 ? "" : "...@") + authority.substring(at + 1) + more;
  }

  /** {@code whsec_} and the base64 of 24 to 64 bytes. */
  static Secret standardSecret(String value) throws InvalidValueException {
    if (!value.startsWith(SECRET_PREFIX)) {
      throw InvalidValueException.hidden(
          "must begin with " + SECRET_PREFIX + " in style standard", NEW_SECRET);
    }
    byte[] key;
    try {
      key = Base64.getDecoder().decode(value.substring(SECRET_PREFIX.length()));
    } catch (IllegalArgumentException e) {
      throw InvalidValueException.hidden("must be base64 after " + SECRET_PREFIX, NEW_SECRET);
    }
    if (key.length < MIN_SECRET || key.length > MAX_SECRET) {
      throw InvalidValueException.hidden(
          "must be the base64 of "
              + MIN_SECRET
              + " to "
              + MAX_SECRET
              + " bytes, and it is of "
              + key.length,
          NEW_SECRET);
    }
    return new Secret(value);
  }

  /** {@code whsk_} and base64. */
  static Secret ed25519Key(String value) throws InvalidValueException {
    Secret secret = new Secret(value);
    try {
      Ed25519Key.parse(secret);
      return secret;
    } catch (IllegalArgumentException e) {
      throw InvalidValueException.hidden(
          String.valueOf(e.getMessage()), "docs/receiving.md, \"v1a\", says how to make one.");
    }
  }

  /** For the other styles: any text. */
  static Secret anySecret(String value) throws InvalidValueException {
    if (value.isEmpty()) {
      throw InvalidValueException.hidden(
          "is empty", "Give it the secret agreed with the recipient.");
    }
    return new Secret(value);
  }

  /** Without a colon, which ends it (RFC 7617), and without control characters. */
  static String username(String value) throws InvalidValueException {
    if (value.isEmpty() || value.indexOf(':') >= 0 || hasControls(value)) {
      throw InvalidValueException.hidden( // who writes user:password writes a secret
          "must be a user name without a colon or control characters (RFC 7617)",
          "Use another name.");
    }
    return value;
  }

  static Secret password(String value) throws InvalidValueException {
    if (value.isEmpty()) {
      throw InvalidValueException.hidden(
          "is empty", "Give it the password agreed with the recipient.");
    }
    if (hasControls(value)) {
      throw InvalidValueException.hidden(
          "must not have control characters (RFC 7617)",
          "Look for a line end or tab at its beginning or end.");
    }
    return new Secret(value);
  }

  /**
   * Characters that a header takes as they are, without a blank: RFC 6750, section 2.1, and more.
   */
  static Secret bearer(String value) throws InvalidValueException {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw InvalidValueException.hidden(
          "must be a token of printable ASCII characters without spaces",
          "Give it the token alone, without the word Bearer.");
    }
    return new Secret(value);
  }

  /** What a header can carry: RFC 9110, section 5.5, without what is obsolete. Never shown. */
  static Secret headerValue(String value) throws InvalidValueException {
    boolean plain = value.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\t');
    if (!plain || value.isEmpty() || !value.equals(value.strip())) {
      throw InvalidValueException.hidden(
          "must be printable ASCII characters, with no spaces at either end",
          "Write what is not ASCII as the recipient expects it, for example percent-encoded; a file may have one line end at its end.");
    }
    if (value.length() > MAX_HEADER_VALUE) {
      throw InvalidValueException.hidden(
          "must have at most " + MAX_HEADER_VALUE + " characters, and it has " + value.length(),
          "Shorten it.");
    }
    return new Secret(value);
  }

  static boolean isToken(String name) {
    return TOKEN.matcher(name).matches();
  }

  /** Whether Rowhook or HTTP itself sets it; its name in small letters. */
  static boolean isTaken(String name) {
    return TAKEN.contains(name) || name.startsWith("rowhook-");
  }

  private static boolean hasControls(String value) {
    return value.chars().anyMatch(Character::isISOControl);
  }

  /** A field name that HTTP allows and that nothing else is written to. */
  static String header(String value) throws InvalidValueException {
    if (!isToken(value)) {
      throw InvalidValueException.because(
          "must be an HTTP field name: letters, digits and hyphens",
          "Write for example X-Hub-Signature-256.");
    }
    String name = value.toLowerCase(Locale.ROOT);
    if (isTaken(name)) {
      throw InvalidValueException.because(
          "must not be a header that Rowhook sets itself", "Use another name.");
    }
    return value;
  }

  /** What stands before a signature in its header; may be empty. */
  static String prefix(String value) throws InvalidValueException {
    boolean printable = value.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    if (!printable || value.length() > 64 || value.startsWith(" ")) {
      throw InvalidValueException.because(
          "must be at most 64 printable ASCII characters, without a space at the beginning",
          "Write for example sha512=, or '' for the signature alone.");
    }
    return value;
  }

  static Instant instant(String value) throws InvalidValueException {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException e) {
      throw InvalidValueException.because(
          "must be a time with its offset", "Write for example 2026-12-01T00:00:00Z.");
    }
  }

  public static CidrBlock network(String value) throws InvalidValueException {
    try {
      return CidrBlock.parse(value);
    } catch (IllegalArgumentException e) {
      throw InvalidValueException.because(
          String.valueOf(e.getMessage()),
          "Write for example 10.1.0.0/16, or 10.1.2.3/32 for one address.");
    }
  }
}
