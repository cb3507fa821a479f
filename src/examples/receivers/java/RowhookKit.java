import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Receives Rowhook's webhooks: copy this file, and RowhookEvent.java. Java 17 or newer; PostgreSQL,
 * or SQLite from 3.35 on, by JDBC.
 *
 * <pre>
 * if (!RowhookKit.verify(secret, headers::getFirst, body)) ...          // 401
 * kit.receive(connection, headers::getFirst, body, event -&gt; ...);
 * connection.commit();                                                  // and only then 200
 * </pre>
 *
 * <p>Two tables, made by {@link #prepare}. {@code rowhook_applied} has a row for each entity: the
 * newest event of it that was applied. What is not newer is acknowledged and not applied: a
 * duplicate, or an older state that comes after a newer one. The rows of deleted entities stay, or
 * an older Updated would bring one back. {@code rowhook_mark} has a row for each recipient: up to
 * when you have everything. Any thread, each with a connection of its own.
 *
 * @param recipient what the sender calls you. Sequences and marks are of one recipient: take
 *     another name for each that delivers into this database, and a new one when a sender's journal
 *     has begun anew
 */
public record RowhookKit(String recipient) {

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS rowhook_applied (
            recipient text NOT NULL, entity_type text NOT NULL, entity_id text NOT NULL,
            sequence bigint NOT NULL, redelivery bigint NOT NULL, event_id text NOT NULL,
            PRIMARY KEY (recipient, entity_type, entity_id))\
          """,
          """
          CREATE TABLE IF NOT EXISTS rowhook_mark (
            recipient text PRIMARY KEY, complete_to text NOT NULL)\
          """);

  /**
   * Decides and locks in one statement: a second request of the same entity waits here until the
   * first has committed or rolled back, and is then judged by what that has left. It gives a row
   * only where the event is to be applied.
   */
  private static final String TAKE =
      """
      INSERT INTO rowhook_applied AS kept
        (recipient, entity_type, entity_id, sequence, redelivery, event_id)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (recipient, entity_type, entity_id) DO UPDATE
      SET sequence = excluded.sequence, redelivery = excluded.redelivery,
        event_id = excluded.event_id
      WHERE kept.sequence < excluded.sequence
         OR (kept.sequence = excluded.sequence AND kept.redelivery < excluded.redelivery)
      RETURNING sequence\
      """;

  private static final String MARK = "SELECT complete_to FROM rowhook_mark WHERE recipient = ?";

  private static final String KEEP_MARK =
      """
      INSERT INTO rowhook_mark AS kept (recipient, complete_to) VALUES (?, ?)
      ON CONFLICT (recipient) DO UPDATE SET complete_to = excluded.complete_to
      WHERE kept.complete_to < excluded.complete_to
      RETURNING complete_to\
      """;

  private static final long TOLERANCE_SECONDS = 300;

  /** Of one length, so that text compares as time. */
  private static final Pattern INSTANT =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");

  /** What is done with an event that is new. */
  public interface Effect {
    void apply(RowhookEvent event) throws SQLException;
  }

  /** The same, as of now. */
  public static boolean verify(String secret, UnaryOperator<String> headers, byte[] body) {
    return verify(secret, headers, body, System.currentTimeMillis() / 1000);
  }

  /**
   * Whether the sender that shares the secret has signed this body, and within five minutes of now.
   *
   * @param secret {@code whsec_...}
   * @param headers a header's value by its name; null: there is none
   * @param body as it came, before anything has parsed it
   * @param now Unix seconds
   */
  public static boolean verify(
      String secret, UnaryOperator<String> headers, byte[] body, long now) {
    String timestamp = RowhookEvent.value(headers, "Webhook-Timestamp");
    if (!timestamp.matches("[0-9]{1,15}")
        || Math.abs(now - Long.parseLong(timestamp)) > TOLERANCE_SECONDS) {
      return false;
    }
    byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
    byte[] mac;
    try {
      Mac hmac = Mac.getInstance("HmacSHA256");
      hmac.init(new SecretKeySpec(key, "HmacSHA256"));
      hmac.update(bytes(RowhookEvent.value(headers, "Webhook-Id") + "." + timestamp + "."));
      mac = hmac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
    byte[] right = bytes("v1," + Base64.getEncoder().encodeToString(mac));
    boolean found = false;
    for (String one : RowhookEvent.value(headers, "Webhook-Signature").split(" ")) {
      found |= MessageDigest.isEqual(right, bytes(one));
    }
    return found;
  }

  /** Makes the tables where they are not there yet. Once, at the start. */
  public static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute(table);
      }
    }
  }

  /**
   * Hands on each event of a verified request that is newer than what was applied of its entity.
   * All of it is in the connection's transaction, where the effect has to be as well: commit when
   * this has returned, and only then answer 200; roll back when it throws.
   *
   * @param connection without auto-commit
   * @return how many events were applied; 0 is to be acknowledged too
   * @throws RowhookEvent.RequestException before anything is applied
   */
  public int receive(
      Connection connection, UnaryOperator<String> headers, byte[] body, Effect effect)
      throws SQLException {
    if (connection.getAutoCommit()) {
      throw new IllegalStateException(
          "receive() needs a transaction: call connection.setAutoCommit(false) before it");
    }
    if (!RowhookEvent.value(headers, "Rowhook-Test").isEmpty()) {
      return 0;
    }
    List<RowhookEvent> events = RowhookEvent.of(headers, body);
    // Rows are locked in one order, whatever the batch's: two requests cannot wait for each other.
    List<RowhookEvent> byEntity = new ArrayList<>(events);
    byEntity.sort(
        Comparator.comparing(RowhookEvent::entityType)
            .thenComparing(RowhookEvent::entityId)
            .thenComparing(RowhookEvent::sequence));
    Set<String> taken = new HashSet<>();
    for (RowhookEvent event : byEntity) {
      if (take(connection, event)) {
        taken.add(event.id());
      }
    }
    for (RowhookEvent event : events) {
      if (taken.contains(event.id())) {
        effect.apply(event);
      }
    }
    keepMark(connection, RowhookEvent.value(headers, "Rowhook-Complete-To"));
    return taken.size();
  }

  /**
   * You have everything that was committed up to then, as 2026-05-24T15:20:43.918204Z; empty:
   * nothing is known yet.
   */
  public Optional<String> completeTo(Connection connection) throws SQLException {
    return first(connection, MARK, recipient);
  }

  private boolean take(Connection connection, RowhookEvent event) throws SQLException {
    return first(
            connection,
            TAKE,
            recipient,
            event.entityType(),
            event.entityId(),
            event.sequence(),
            event.redelivery(),
            event.id())
        .isPresent();
  }

  /**
   * All that it speaks of was acknowledged before this request was sent, and so committed before
   * this is.
   */
  private void keepMark(Connection connection, String mark) throws SQLException {
    if (!isInstant(mark)) {
      return;
    }
    // Asked before: its row, which all requests share, is locked where it moves on, and else not.
    if (completeTo(connection).orElse("").compareTo(mark) < 0) {
      first(connection, KEEP_MARK, recipient, mark);
    }
  }

  /** A date that there is not would stand for ever. */
  private static boolean isInstant(String mark) {
    try {
      return INSTANT.matcher(mark).matches()
          && LocalDateTime.parse(mark.substring(0, mark.length() - 1)) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static Optional<String> first(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
