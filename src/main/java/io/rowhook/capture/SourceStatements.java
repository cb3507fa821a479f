package io.rowhook.capture;

import io.rowhook.capture.debezium.PostgresConnections;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.Normalizer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Statements that an administrator lets Rowhook run on the source. */
public final class SourceStatements {

  /** What is there already: a role, a policy, a publication, its tables. */
  private static final Set<String> THERE = Set.of("42710", "42P07");

  /** As PostgreSQL's own default. */
  private static final int ITERATIONS = 4096;

  private SourceStatements() {}

  /**
   * Runs them one by one in one session, each in a transaction of its own, and stops at the first
   * that fails; what is there already is no failure.
   *
   * @param said is told each statement before it runs, and what came of it if that is worth saying
   * @return what failed, in words; empty: nothing
   */
  public static Optional<String> run(
      SourceConfig source, List<String> statements, Consumer<String> said) {
    try (Connection connection = PostgresConnections.connect(source);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        said.accept(sql + ";");
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          if (!THERE.contains(String.valueOf(e.getSQLState()))) {
            return Optional.of(sql + "; failed: " + String.valueOf(e.getMessage()).strip());
          }
          said.accept("-- is there already, and stays as it is");
        }
      }
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(SourceValidator.connecting(source, e));
    }
  }

  /**
   * Gives a role a password. It goes over the wire, and into the server's log, as SCRAM's verifier
   * only.
   *
   * @return what failed, in words; empty: nothing
   */
  public static Optional<String> password(SourceConfig source, String role, String password) {
    try (Connection connection = PostgresConnections.connect(source);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER ROLE %s PASSWORD '%s'".formatted(TableId.quote(role), verifier(password)));
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(
          "the password of role " + role + " cannot be set (SQL state " + e.getSQLState() + ")");
    }
  }

  /** What PostgreSQL keeps of a password: RFC 5803, as {@code pg_authid.rolpassword} has it. */
  private static String verifier(String password) {
    try {
      byte[] salt = new byte[16];
      new SecureRandom().nextBytes(salt);
      char[] normalized = Normalizer.normalize(password, Normalizer.Form.NFKC).toCharArray();
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(normalized, salt, ITERATIONS, 256))
              .getEncoded();
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
      Base64.Encoder base64 = Base64.getEncoder();
      return "SCRAM-SHA-256$%d:%s$%s:%s"
          .formatted(
              ITERATIONS,
              base64.encodeToString(salt),
              base64.encodeToString(stored),
              base64.encodeToString(hmac(salted, "Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }
}
