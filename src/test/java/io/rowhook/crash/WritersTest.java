package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.crash.Truth.Row;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The story's truth is what PostgreSQL has, whatever happens to the connections. */
@Tag("slow")
class WritersTest {

  @Test
  void theTruthIsWhatTheTablesHave() throws Exception {
    try (SourceDatabase source = SourceDatabase.start()) {
      source.execute(Kind.tables().toArray(String[]::new));
      Truth truth = new Truth();
      try (Writers writers = Writers.start(source, truth, new SplittableRandom(7), 4, 1)) {
        for (int crashes = 1; crashes <= 3; crashes++) {
          long some = truth.transactions.get() + 150;
          Eventually.within(
              Duration.ofSeconds(60),
              "the writers go on",
              () -> {
                writers.check();
                return truth.transactions.get() > some;
              });
          if (crashes == 2) {
            source.restart();
          } else {
            source.crash();
            source.restart();
          }
        }
        writers.stop();
        writers.sentinel();
      }
      System.out.printf(
          "%d transactions, %d rolled back, %d events, %d outcomes unknown at first%n",
          truth.transactions.get(),
          truth.rolledBack.get(),
          truth.events.get(),
          truth.unknownOutcomes.get());
      for (Kind kind : Kind.values()) {
        Map<String, Row> there = table(source, kind);
        Map<String, Row> right = truth.rows(kind);
        assertThat(there.keySet()).as(kind.table).isEqualTo(right.keySet());
        there.forEach((id, row) -> assertThat(row).as(kind + "/" + id).isEqualTo(right.get(id)));
      }
      assertThat(source.query("SELECT count(*) FROM public.committed"))
          .as("a transaction of its own has its token, and so has one that was found not to be")
          .satisfies(count ->
              assertThat(Long.parseLong(String.valueOf(count)))
                  .isBetween(
                      truth.transactions.get(),
                      truth.transactions.get() + truth.unknownOutcomes.get()));
    }
  }

  private static Map<String, Row> table(SourceDatabase source, Kind kind) throws SQLException {
    String described = kind == Kind.Article ? "described" : "0";
    Map<String, Row> rows = new TreeMap<>();
    try (var connection = source.connect();
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT %s, version, %s FROM %s".formatted(kind.key, described, kind.table))) {
      while (result.next()) {
        rows.put(result.getString(1), new Row(true, result.getLong(2), result.getLong(3)));
      }
    }
    return rows;
  }
}
