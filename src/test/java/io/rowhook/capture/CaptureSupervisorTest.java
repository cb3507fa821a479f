package io.rowhook.capture;

import static io.rowhook.capture.Rig.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.RowChange.Operation;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.StringReader;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;

/** What is committed is captured: whole transactions, in commit order, each marked by its END. */
final class CaptureSupervisorTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute(
        "CREATE TABLE article (id int PRIMARY KEY, name text NOT NULL, stock int)",
        "ALTER TABLE article REPLICA IDENTITY FULL",
        "CREATE TABLE other (id int PRIMARY KEY, text text)");
  }

  @Test
  @Tag("feature-4")
  void everyChangeOfARowArrives() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "changes", "public.article")) {
      rig.start();
      database.execute(
          "INSERT INTO article VALUES (1, 'bolt', 5)",
          "UPDATE article SET stock = NULL WHERE id = 1",
          "UPDATE article SET id = 2 WHERE id = 1",
          "DELETE FROM article WHERE id = 2");

      List<RowChange> rows = rig.awaitRows(5);

      assertThat(rows.stream().map(CaptureSupervisorTest::line))
          .containsExactly(
              "INSERT {\"id\":1} null -> {\"id\":1,\"name\":\"bolt\",\"stock\":5}",
              "UPDATE {\"id\":1} {\"id\":1,\"name\":\"bolt\",\"stock\":5} -> {\"id\":1,\"name\":\"bolt\",\"stock\":null}",
              "DELETE {\"id\":1} {\"id\":1,\"name\":\"bolt\",\"stock\":null} -> null",
              "INSERT {\"id\":2} null -> {\"id\":2,\"name\":\"bolt\",\"stock\":null}",
              "DELETE {\"id\":2} {\"id\":2,\"name\":\"bolt\",\"stock\":null} -> null");
      assertThat(rig.sink.transactions()).hasSize(4); // the change of key is one transaction
      assertThat(rig.failures).isEmpty();
    }
  }

  private static String line(RowChange row) {
    return row.operation() + " " + row.key() + " " + row.before() + " -> " + row.after();
  }

  @Test
  void manyRowsOfOneStatementAreOneTransaction() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "many", "public.article")) {
      rig.start();
      database.execute("INSERT INTO article SELECT i, 'a', 1 FROM generate_series(1, 5000) i");
      try (Connection connection = database.connect()) {
        StringBuilder csv = new StringBuilder();
        for (int i = 5001; i <= 8000; i++) {
          csv.append(i).append(",b,2\n");
        }
        connection
            .unwrap(BaseConnection.class)
            .getCopyAPI()
            .copyIn("COPY article FROM STDIN CSV", new StringReader(csv.toString()));
      }

      rig.awaitRows(8000);

      assertThat(rig.sink.transactions())
          .extracting(w -> w.rows().size())
          .containsExactly(5000, 3000);
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void transactionsComeInCommitOrder() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "interleaved", "public.article");
        Connection first = database.connect();
        Connection second = database.connect()) {
      rig.start();
      first.setAutoCommit(false);
      second.setAutoCommit(false);
      run(first, "INSERT INTO article VALUES (1, 'first', 1)");
      run(second, "INSERT INTO article VALUES (2, 'second', 1)");
      run(first, "INSERT INTO article VALUES (3, 'first', 1)");
      second.commit();
      run(first, "INSERT INTO article VALUES (4, 'first', 1)");
      first.commit();
      run(second, "INSERT INTO article VALUES (5, 'rolled back', 1)");
      second.rollback();
      database.execute("INSERT INTO article VALUES (6, 'last', 1)");

      rig.awaitRows(5);

      assertThat(rig.sink.rows())
          .extracting(r -> r.key().get("id").asInt())
          .containsExactly(2, 1, 3, 4, 6);
      assertThat(rig.sink.transactions()).extracting(w -> w.transaction().end()).isSorted();
    }
  }

  @Test
  void commitTimeIsTheSourcesToTheMicrosecond() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "commit_time", "public.article")) {
      rig.start();
      String before = database.query("SELECT clock_timestamp()");
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      String after = database.query("SELECT clock_timestamp()");
      rig.awaitRows(1);
      Transaction transaction = rig.sink.transactions().getFirst().transaction();
      assertThat(
              database.query(
                  "SELECT '%s'::timestamptz BETWEEN '%s' AND '%s'"
                      .formatted(transaction.committedAt(), before, after)))
          .isEqualTo("t");
    }
  }

  @Test
  void truncateIsReported() throws Exception {
    try (Rig rig = new Rig(database, "truncated", "public.article")) {
      rig.start();
      database.execute("TRUNCATE article");
      Eventually.within(Rig.SOON, "reported", () -> rig.sink.rejected().size() == 1);
      RejectedRow rejected = rig.sink.rejected().getFirst();
      assertThat(rejected.operation()).isEqualTo("TRUNCATE");
      assertThat(rejected.table()).isEqualTo(new TableId("public", "article"));
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void otherTablesAreCapturedFromThenOn() throws Exception {
    database.execute("TRUNCATE article", "TRUNCATE other");
    try (Rig rig = new Rig(database, "recaptured", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      database.execute(
          "INSERT INTO article VALUES (1, 'a', 1)", "INSERT INTO other VALUES (1, 'x')");
      rig.awaitRows(1);
      supervisor.restart(
          new Generation(
              List.of(
                  new CapturedTable(new TableId("public", "article"), List.of("stock")),
                  new CapturedTable(new TableId("public", "other"), List.of())),
              rig.sink));
      database.execute(
          "INSERT INTO other VALUES (2, 'y')", "INSERT INTO article VALUES (2, 'b', 1)");
      List<RowChange> rows = rig.awaitRows(3);
      assertThat(rows)
          .extracting(r -> r.table() + " " + r.after())
          .containsExactly(
              "public.article {\"id\":1,\"name\":\"a\",\"stock\":1}",
              "public.other {\"id\":2,\"text\":\"y\"}",
              "public.article {\"id\":2,\"name\":\"b\"}");
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aLargeTransactionPassesBatchByBatch() throws Exception {
    database.execute("TRUNCATE article");
    List<String> inside = new ArrayList<>();
    try (Rig rig = new Rig(database, "large", "public.article")) {
      rig.listener =
          new CaptureListener() {
            @Override
            public void insideTransaction(String transactionId) {
              inside.add(transactionId);
            }
          };
      rig.start();
      database.execute("INSERT INTO article SELECT i, 'a', 1 FROM generate_series(1, 30000) i");
      rig.awaitRows(30000);
      assertThat(inside).hasSizeGreaterThan(5);
      assertThat(rig.sink.transactions()).hasSize(1);
      assertThat(rig.sink.rows()).allMatch(r -> r.operation() == Operation.INSERT);
    }
  }
}
