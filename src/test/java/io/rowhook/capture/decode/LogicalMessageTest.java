package io.rowhook.capture.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Rig;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static String say(boolean transactional, String prefix, String content) {
    return "SELECT pg_logical_emit_message(%s, '%s', '%s')"
        .formatted(transactional, prefix, content);
  }
}
