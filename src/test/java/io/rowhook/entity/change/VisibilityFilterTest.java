package io.rowhook.entity.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.EventType;
import io.rowhook.entity.PublishedLog;
import io.rowhook.entity.RowChanges;
import io.rowhook.entity.TransactionAggregator;
import io.rowhook.testing.SourceDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What conditions make of the log's rows, in memory and beyond it. */
class VisibilityFilterTest {

  private static final TableId DOC = TableId.parse("doc");
  private static final TableId LINE = TableId.parse("line");
  private static final RowChanges ROWS = new RowChanges(Map.of());

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private final PublishedLog log = new PublishedLog();

  @SuppressWarnings("NullAway") // the source is there before the first test
  private final JdbcRowLookup rows =
      new JdbcRowLookup(SourceConfig.of(source.connectorProperties(), "source.properties"));

  @BeforeAll
  static void startSource() {
    source.execute(
        "CREATE TABLE doc (id int PRIMARY KEY, rank int, made timestamptz, note text)",
        "CREATE TABLE line (id int PRIMARY KEY, doc int, n int)");
  }

  @AfterEach
  void close() {
    rows.close();
  }

  private TransactionAggregator events(String where, int memoryLimit, List<ChildTable> parts)
      throws Exception {
    EntityType type =
        new EntityType("Doc", DOC, List.of(), ColumnFilter.ALL, where, "", parts, List.of());
    TransactionAggregator events =
        new TransactionAggregator(List.of(type), log, log, rows, memoryLimit);
    events.restart(
        List.of(facts(DOC, "id", "rank", "made", "note"), facts(LINE, "id", "doc", "n")));
    return events;
  }

  private static TableMetadata facts(TableId table, String... columns) {
    return new TableMetadata(
        table,
        7,
        Arrays.stream(columns).map(name -> new Column(name, 25, false, false)).toList(),
        List.of("id"),
        ReplicaIdentity.FULL,
        List.of(columns),
        List.of(List.of("id")));
  }

  private void transaction(TransactionAggregator events, List<RowChange> changes) throws Exception {
    events.begin("3");
    for (RowChange change : changes) {
      events.row(change);
    }
    events.end(new Transaction(Position.of(0x2000), "3", Instant.EPOCH));
    events.commit(Position.START, true);
  }

  private List<String> published() {
    return log.published.stream().map(event -> event.type() + " " + event.entityId()).toList();
  }

  @ParameterizedTest
  @CsvSource({"2_000", "16_000_000"})
  void aRowThatCannotBeJudgedIsRejectedAlone(String memoryLimit) throws Exception {
    TransactionAggregator events =
        events("100 / rank > 1", Integer.parseInt(memoryLimit.replace("_", "")), List.of());
    List<RowChange> changes = new ArrayList<>();
    for (int id = 1; id <= 100; id++) {
      int rank = id == 40 ? 0 : id % 2 == 0 ? 1 : 100;
      changes.add(
          ROWS.insert(DOC, "{'id':%d,'rank':%d,'made':null,'note':'x'}".formatted(id, rank)));
    }
    transaction(events, changes);

    assertThat(log.published).hasSize(49);
    assertThat(log.rejected).hasSize(1);
    assertThat(log.rejected.getFirst().reason()).contains("22012").doesNotContain("rank");
  }

  @ParameterizedTest
  @CsvSource({"2_000", "16_000_000"})
  void anOrderThatDoesNotMatchIsNoneWithItsLines(String memoryLimit) throws Exception {
    source.execute("TRUNCATE doc, line");
    ChildTable lines =
        new ChildTable("lines", LINE, List.of("doc"), List.of(), List.of(), List.of(), List.of());
    TransactionAggregator events =
        events("rank = 1", Integer.parseInt(memoryLimit.replace("_", "")), List.of(lines));
    List<RowChange> changes = new ArrayList<>();
    for (int id = 1; id <= 60; id++) {
      String doc = "{'id':%d,'rank':%d,'made':null,'note':null}".formatted(id, id % 3);
      if (id <= 30) {
        changes.add(ROWS.delete(LINE, "{'id':%1$d,'doc':%1$d,'n':1}".formatted(id)));
        changes.add(ROWS.delete(DOC, doc));
      } else {
        changes.add(ROWS.insert(DOC, doc));
        changes.add(ROWS.insert(LINE, "{'id':%1$d,'doc':%1$d,'n':1}".formatted(id)));
        source.execute(
            "INSERT INTO doc VALUES (%d, %d)".formatted(id, id % 3),
            "INSERT INTO line VALUES (%1$d, %1$d, 1)".formatted(id));
      }
    }
    transaction(events, changes);

    assertThat(log.published).hasSize(20);
    assertThat(published()).contains("Deleted 1", "Created 31").doesNotContain("Deleted 2");
    assertThat(log.json(0).at("/data/lines")).hasSize(1);
    assertThat(log.rejected).isEmpty();
  }

  @Test
  void whatIsSentOfADateIsJudgedAsTheDateThatItWas() throws Exception {
    TransactionAggregator events =
        events("made < '0001-01-01' OR made > '9999-12-31'", 1 << 20, List.of());
    List<RowChange> changes = new ArrayList<>();
    int id = 0;
    for (String made :
        List.of(
            "-0043-03-15T00:00:00Z",
            "2026-05-24T13:20:44.123456Z",
            "+12345-01-02T00:00:00Z",
            "infinity")) {
      id++;
      changes.add(
          ROWS.insert(DOC, "{'id':%d,'rank':1,'made':'%s','note':null}".formatted(id, made)));
    }
    transaction(events, changes);

    assertThat(published()).containsExactly("Created 1", "Created 3", "Created 4");
  }

  @Test
  void oneStatementJudgesAWholeBatch() throws Exception {
    TransactionAggregator events = events("note LIKE 'a%'", 1 << 20, List.of());
    List<RowChange> changes = new ArrayList<>();
    for (int id = 1; id <= 500; id++) {
      changes.add(
          ROWS.update(
              DOC,
              "{'id':%d,'rank':1,'made':null,'note':'a'}".formatted(id),
              "{'id':%d,'rank':2,'made':null,'note':'b'}".formatted(id)));
    }
    transaction(events, changes);

    assertThat(log.published).hasSize(500).allMatch(event -> event.type() == EventType.Deleted);
    assertThat(log.json(0).at("/data/rank").asInt()).isEqualTo(1);
    assertThat(rows.counts().statements()).isEqualTo(1);
  }
}
