package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells by names which columns hold passwords, tokens, keys and the like. Pure. */
final class Secrets {

  private static final Set<String> SECRETS =
      Set.of(
          "password",
          "passwords",
          "passwd",
          "pwd",
          "passphrase",
          "passcode",
          "pass",
          "passwort",
          "kennwort",
          "secret",
          "secrets",
          "token",
          "tokens",
          "hash",
          "hashed",
          "salt",
          "otp",
          "totp",
          "mfa",
          "pin",
          "credential",
          "credentials",
          "cvv",
          "cvc",
          "apikey",
          "privatekey",
          "sessionid",
          "signature",
          "hmac",
          "cookie",
          "cookies",
          "bearer",
          "jwt",
          "keystore",
          "mnemonic",
          "cipher",
          "ciphertext",
          "encrypted",
          "verifier",
          "htpasswd",
          "dsn",
          "contrasena",
          "adgangskode",
          "wachtwoord");

  /** Secrets that may be numbers. */
  private static final Set<String> DIGITS = Set.of("pin", "pin_code", "otp", "totp", "cvv", "cvc");

  private static final Pattern SECRET_KEY =
      Pattern.compile(
          ".*(api|private|secret|access|license|licence|encryption|crypt|ssh|signing|session|auth|pgp|gpg|webhook|activation|recovery|reset|hmac|shared|master|client|app|application|consumer|rsa|aes|ssl|tls|verification|confirmation|security|login|device|log|user)_?(key|code|cert|certificate|pem)s?");

  /** What lets in whoever has it. */
  private static final Pattern DOOR =
      Pattern.compile(
          ".*(invite|invitation|join|magic|reset|login|signup|confirm|confirmation|activation|access|private|secret|unsubscribe)_?(link|url|code)s?|.*(url|guest|share|sharing|preview|download|embed)_?keys?");

  /** Columns that hold a secret where the table is one of secrets. */
  private static final Set<String> HOLDERS =
      Set.of("key", "value", "code", "data", "body", "digest", "identifier");

  /** Tables of secrets, by the last of their words; the first of them are so by a key alone. */
  private static final Set<String> KEPT =
      Set.of("token", "secret", "password", "credential", "cookie", "otp");

  private static final Pattern KEYED =
      Pattern.compile(
          ".*(api_?key|session|application|device|oauth|auth|webhook|endpoint|integration|provider|app)s?");

  private static final Pattern SECRET_END =
      Pattern.compile(
          ".*(password|passwd|passwort|kennwort|secret|token|apikey|passphrase|p(ass)?(w(or)?d)?salt)s?\\d*");

  private Secrets() {}

  /** Whether it holds one. When something happened, or whether, is none. */
  static boolean isSecret(Table table, Column column) {
    String name = String.join("_", Columns.split(column.name()));
    boolean holds = !column.kind().equals("time") && !column.kind().equals("boolean");
    boolean digits = column.kind().equals("number") && !DIGITS.contains(name);
    return holds && !digits && (isNamedSo(name) || isKept(table, name));
  }

  /** {@code api_keys.value}, {@code session.key}: the table's name says that it is one. */
  private static boolean isKept(Table table, String column) {
    String name = String.join("_", Columns.split(table.id().name()));
    String last = Words.singular(Columns.split(table.id().name()).getLast());
    boolean keyed = KEYED.matcher(name).matches();
    return (KEPT.contains(last) && HOLDERS.contains(column))
        || (keyed && column.equals("key"))
        || (name.matches(".*api_?keys?") && HOLDERS.contains(column));
  }

  private static boolean isNamedSo(String name) {
    return Columns.split(name).stream().anyMatch(SECRETS::contains)
        || SECRET_KEY.matcher(name).matches()
        || DOOR.matcher(name).matches()
        || SECRET_END.matcher(name.replace("_", "")).matches();
  }
}
