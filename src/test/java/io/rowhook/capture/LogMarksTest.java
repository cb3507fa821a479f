package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.HangingCommit;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a resync asks of the source's log. */
@Tag("feature-23")
class LogMarksTest {

  /** A snapshot alone does not list it: none has ended that began after it. */
  @Test
  void theNewestTransactionIsAmongThoseThatOthersDoNotSee() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        LogMarks marks = new LogMarks(config(source))) {
      source.execute("CREATE TABLE article (id int PRIMARY KEY)");
      try (HangingCommit hanging = new HangingCommit(source, "INSERT INTO article VALUES (1)")) {
        String id = Long.toString(hanging.id());
        assertThat(marks.running()).containsExactly(id);
        hanging.letGo();
        assertThat(marks.running()).isEmpty();
      }
    }
  }

  @Test
  void whatOtherDatabasesAreAtIsNotWaitedFor() throws Exception {
    try (SourceDatabase source = SourceDatabase.start(Map.of("max_prepared_transactions", "5"));
        LogMarks marks = new LogMarks(config(source))) {
      SourceDatabase other = source.another("other");
      for (SourceDatabase one : List.of(source, other)) {
        one.execute("CREATE TABLE article (id int PRIMARY KEY)");
      }
      try (Connection open = other.connect();
          Statement statement = open.createStatement()) {
        open.setAutoCommit(false);
        statement.execute("INSERT INTO article VALUES (1)");
        other.execute("BEGIN", "INSERT INTO article VALUES (2)", "PREPARE TRANSACTION 'theirs'");
        assertThat(marks.running()).isEmpty();
        source.execute("BEGIN", "INSERT INTO article VALUES (3)", "PREPARE TRANSACTION 'ours'");
        assertThat(marks.running()).hasSize(1);
        source.execute("ROLLBACK PREPARED 'ours'");
        other.execute("ROLLBACK PREPARED 'theirs'");
      }
    }
  }

  private static SourceConfig config(SourceDatabase source) {
    Map<String, String> properties = new TreeMap<>(source.connectorProperties());
    properties.putIfAbsent("slot.name", "rowhook");
    properties.putIfAbsent("publication.name", "rowhook");
    return SourceConfig.of(properties, "source.properties");
  }
}
