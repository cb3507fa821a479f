package io.rowhook.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.connection.MessageDecoder;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Rig;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.TableId;
import io.rowhook.testing.SourceDatabase;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the log says of rows goes through Debezium unread, so nothing in it can stop Debezium. */
final class OpaqueMessageDecoderTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  /** Debezium offers no way to choose the decoder; a new version of it may keep it elsewhere. */
  @Test
  void debeziumStillKeepsItsDecoderWhereRowhookReplacesIt() {
    List<Field> fields =
        List.of(PostgresReplicationConnection.class.getDeclaredFields()).stream()
            .filter(field -> field.getName().equals("messageDecoder"))
            .toList();
    assertThat(fields)
        .as(
            "this Debezium has no field messageDecoder in PostgresReplicationConnection any more: OpaqueMessageDecoder.into must put the decoder elsewhere")
        .hasSize(1);
    assertThat(fields.getFirst().getType())
        .as("the type of PostgresReplicationConnection.messageDecoder has changed")
        .isEqualTo(MessageDecoder.class);
    assertThat(Modifier.isStatic(fields.getFirst().getModifiers())).isFalse();
  }

  @Test
  void columnsAndTablesThatDifferOnlyInCase() throws Exception {
    database.execute(
        "CREATE TABLE folded (id int PRIMARY KEY, \"Name\" text, name text, \"NAME\" text)",
        "CREATE TABLE \"Folded\" (\"ID\" int PRIMARY KEY, \"a\"\"b\" text, \"ä.ö\" text)",
        "ALTER TABLE folded REPLICA IDENTITY FULL");
    try (Rig rig = new Rig(database, "folded", "public.folded", "public.Folded")) {
      rig.start();
      database.execute(
          "INSERT INTO folded VALUES (1, 'a', 'b', 'c')",
          "INSERT INTO \"Folded\" VALUES (1, 'a', 'b')",
          "UPDATE folded SET name = 'd'");
      List<RowChange> rows = rig.awaitRows(3);
      assertThat(rows.get(0).after())
          .hasToString("{\"id\":1,\"Name\":\"a\",\"name\":\"b\",\"NAME\":\"c\"}");
      assertThat(rows.get(1).after()).hasToString("{\"ID\":1,\"a\\\"b\":\"a\",\"ä.ö\":\"b\"}");
      assertThat(rows.get(2).before())
          .hasToString("{\"id\":1,\"Name\":\"a\",\"name\":\"b\",\"NAME\":\"c\"}");
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aRowIsReadByTheNamesItWasLoggedWith() throws Exception {
    database.execute("CREATE TABLE renamed (id int PRIMARY KEY, a text, b numeric(8,2))");
    try (Rig rig = new Rig(database, "renamed", "public.renamed")) {
      rig.start();
      rig.stop();
      database.execute(
          "INSERT INTO renamed VALUES (1, 'x', 1)",
          "ALTER TABLE renamed RENAME a TO swap",
          "ALTER TABLE renamed RENAME b TO a",
          "ALTER TABLE renamed RENAME swap TO b",
          "INSERT INTO renamed VALUES (2, 'y', 2)",
          "ALTER TABLE renamed DROP b",
          "INSERT INTO renamed VALUES (3, 3)");
      rig.start();
      List<RowChange> rows = rig.awaitRows(3);
      assertThat(rows)
          .extracting(row -> Objects.requireNonNull(row.after()).toString())
          .containsExactly(
              "{\"id\":1,\"a\":\"x\",\"b\":1.00}",
              "{\"id\":2,\"b\":\"y\",\"a\":2.00}",
              "{\"id\":3,\"a\":3.00}");
    }
  }

  @Test
  void aRowFromBeforeItsKeyWasRenamedIsToldByItsPlace() throws Exception {
    database.execute("CREATE TABLE keyrenamed (id int PRIMARY KEY, name text)");
    try (Rig rig = new Rig(database, "keyrenamed", "public.keyrenamed")) {
      rig.start();
      rig.stop();
      database.execute(
          "INSERT INTO keyrenamed VALUES (1, 'x')",
          "ALTER TABLE keyrenamed RENAME id TO number",
          "INSERT INTO keyrenamed VALUES (2, 'y')");
      rig.start();
      assertThat(rig.awaitRows(2))
          .extracting(row -> row.key().toString())
          .containsExactly("{\"number\":1}", "{\"number\":2}");
      assertThat(rig.sink.rejected()).isEmpty();
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aRowWithoutItsKeyIsRejected() throws Exception {
    database.execute("CREATE TABLE rekeyed (id int PRIMARY KEY, name text)");
    try (Rig rig = new Rig(database, "rekeyed", "public.rekeyed")) {
      rig.start();
      rig.stop();
      database.execute(
          "INSERT INTO rekeyed VALUES (1, 'x')",
          "ALTER TABLE rekeyed DROP id, ADD number serial PRIMARY KEY",
          "INSERT INTO rekeyed VALUES ('y', 2)");
      rig.start();
      List<RowChange> rows = rig.awaitRows(1);
      assertThat(rows.getFirst().key()).hasToString("{\"number\":2}");
      assertThat(rig.sink.rejected())
          .containsExactly(
              new RejectedRow(
                  new TableId("public", "rekeyed"),
                  "INSERT",
                  "{}",
                  "key column number is not in the row as the log has it"));
      assertThat(rig.failures).isEmpty();
    }
  }
}
