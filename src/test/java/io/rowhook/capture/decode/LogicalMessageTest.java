package io.rowhook.capture.decode;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rowhook.capture.Rig;
import io.rowhook.capture.debezium.OpaqueMessageDecoder;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a transaction says to Rowhook, as PostgreSQL's log brings it. */
@Tag("feature-62")
final class LogicalMessageTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
  }

  @Test
  void aTransactionsMessagesComeInItsOrderAndNobodyElses() throws Exception {
    try (Rig rig = new Rig(database, "said", "public.article")) {
      rig.start();
      database.execute(
          say(false, "rowhook", "{\"outside\":1}"),
          "BEGIN; "
              + say(true, "rowhook", "{\"a\":1.50}")
              + "; INSERT INTO article VALUES (1, 'x'); "
              + say(true, "rowhook2", "{\"other\":1}")
              + "; "
              + say(true, "rowhook", "")
              + "; SAVEPOINT s; "
              + say(true, "rowhook", "{\"taken\":\"back\"}")
              + "; ROLLBACK TO s; "
              + say(true, "rowhook", "{\"b\":{\"c\":[\"ü\"]}}")
              + "; COMMIT",
          "BEGIN; " + say(true, "rowhook", "{\"never\":1}") + "; ROLLBACK",
          "INSERT INTO article VALUES (2, 'x')");
      rig.awaitRows(2);
      assertThat(rig.sink.said()).containsExactly("{\"a\":1.50}", "{\"b\":{\"c\":[\"ü\"]}}");
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void whatIsNoSmallObjectIsIgnoredByItsRuleAndStopsNothing() throws Exception {
    List<String> bad =
        List.of(
            "'mute'",
            "'[]'",
            "'{} {}'",
            "'{\"a\":'",
            "' '",
            "repeat('[', 20000)",
            "'{\"a\":' || repeat('[', 10) || repeat(']', 10) || '}'",
            "'{\"a\":\"' || repeat('x', 16384) || '\"}'",
            "'{\"a\":\"' || repeat('x', 100000000) || '\"}'",
            "'{\"a\":1e-12000,\"b\":1e-12000}'",
            "'{\"a\":\"\\ud800\"}'",
            "'\\xff'::bytea");
    try (Rig rig = new Rig(database, "bad", "public.article")) {
      rig.start();
      int id = 100;
      for (String content : bad) {
        database.execute(
            "BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', "
                + content
                + "); INSERT INTO article VALUES ("
                + id++
                + ", 'x'); COMMIT");
      }
      rig.awaitRows(bad.size());
      assertThat(rig.sink.said())
          .containsExactly(
              "ignored: it is no JSON object",
              "ignored: it is no JSON object",
              "ignored: it is no JSON object",
              "ignored: it is no JSON object",
              "ignored: it is no JSON object",
              "ignored: it is larger than 16 KB",
              "ignored: it is nested deeper than 10",
              "ignored: it is larger than 16 KB",
              "ignored: it is larger than 16 KB",
              "ignored: it is larger than 16 KB",
              "ignored: json with one half of a surrogate pair, which is no Unicode text",
              "ignored: it is no UTF-8: PostgreSQL does not convert messages, so where the database has another encoding, write other characters as \\u00fc");
      assertThat(rig.failures).isEmpty();
    }
  }

  /** Debezium would hand it on as text. */
  @ParameterizedTest
  @ValueSource(strings = {"base64", "hex"})
  void whateverDebeziumMakesOfBytes(String mode) throws Exception {
    try (Rig rig = new Rig(database, mode, "public.article")) {
      rig.properties = Map.of("binary.handling.mode", mode);
      rig.start();
      database.execute(say(true, "rowhook", "{\"a\":1}"));
      Eventually.within(Rig.SOON, "said", () -> rig.sink.said().equals(List.of("{\"a\":1}")));
    }
  }

  /** Of each prefix, once, whichever engine reads it. */
  @Test
  void whoMissesItIsToldOnce() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(OpaqueMessageDecoder.class);
    log.start();
    logger.addAppender(log);
    try (Rig rig = new Rig(database, "missed", "public.article")) {
      for (int run = 0; run < 2; run++) {
        rig.start();
        database.execute(
            say(true, "RowHook", "{}"),
            say(true, "RowHook", "{}"),
            say(false, "ROWHOOK", "{}"),
            say(false, "rowHOOK", ""),
            say(true, "rowhooks", "{}"),
            "INSERT INTO article VALUES (" + (200 + run) + ", 'x')");
        rig.awaitRows(run + 1);
        rig.stop();
      }
      assertThat(rig.sink.said()).isEmpty();
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "a message with the prefix RowHook is ignored: it is not written in small letters. Write pg_logical_emit_message(true, 'rowhook', ...) in the transaction that it is about",
            "a message with the prefix ROWHOOK is ignored: it is not written in small letters, and it is not transactional, so that it is about no row. Write pg_logical_emit_message(true, 'rowhook', ...) in the transaction that it is about");
  }

  @Test
  void aMessageOutsideATransactionIsMissed() {
    assertThat(LogicalMessage.missed(message(0, "rowhook", "{}")))
        .startsWith(
            "a message with the prefix rowhook is ignored: it is not transactional, so that");
    assertThat(LogicalMessage.missed(message(1, "rowhook", "{}"))).isNull();
    assertThat(LogicalMessage.missed(message(0, "rowhook", ""))).isNull();
    assertThat(LogicalMessage.missed(message(0, "other", "{}"))).isNull();
    assertThat(LogicalMessage.missed(message(0, "rowhook", "{}").limit(12))).isNull();
  }

  private static ByteBuffer message(int flags, String prefix, String content) {
    return ByteBuffer.allocate(64)
        .put((byte) 'M')
        .put((byte) flags)
        .putLong(0)
        .put(prefix.getBytes(StandardCharsets.UTF_8))
        .put((byte) 0)
        .putInt(content.length())
        .put(content.getBytes(StandardCharsets.UTF_8))
        .flip();
  }

  private static String say(boolean transactional, String prefix, String content) {
    return "SELECT pg_logical_emit_message(%s, '%s', '%s')"
        .formatted(transactional, prefix, content);
  }
}
