package io.rowhook.capture.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.Rows;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows that are read back never fill the memory before anybody looks how large they are. */
@Tag("slow")
final class OversizedRowsTest {

  private static final Query PARTS =
      new Query(new TableId("public", "part"), List.of("owner"), ColumnFilter.ALL);

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE part (id int PRIMARY KEY, owner int, t text)");
  }

  private static Rows read(int... owners) {
    Map<String, String> properties = database.connectorProperties();
    try (JdbcRowLookup rows =
        new JdbcRowLookup(
            SourceConfig.of(properties, "source.properties"),
            JdbcRowLookup.VISIBLE_WITHIN,
            1 << 20)) {
      List<RowKey> keys = IntStream.of(owners).mapToObj(OversizedRowsTest::key).toList();
      return rows.read(Set.of(), true, snapshot -> snapshot.rows(PARTS, keys));
    }
  }

  private static RowKey key(int owner) {
    return RowKey.of(IntNode.valueOf(owner));
  }

  @Test
  void rowsThatAreTooLargeTogetherComeOneByOne() {
    database.execute(
        "TRUNCATE part",
        "INSERT INTO part SELECT g, g % 2, repeat('x', 300000) FROM generate_series(1, 20) g");
    Rows rows = read(0, 1);
    assertThat(rows.unread()).isEmpty();
    assertThat(rows.found().get(key(0))).hasSize(10);
    assertThat(rows.found().get(key(1))).hasSize(10);
    assertThat(rows.found().values())
        .allSatisfy(found ->
            assertThat(found)
                .allSatisfy(row -> assertThat(row.get("t").textValue()).hasSize(300_000)));
  }

  @Test
  void aRowThatIsTooLargeIsNotRead() {
    database.execute(
        "TRUNCATE part",
        "INSERT INTO part SELECT g, g, repeat('x', 1000) FROM generate_series(1, 20) g",
        "INSERT INTO part VALUES (100, 7, repeat('y', 200000000))");
    Rows rows = read(IntStream.rangeClosed(1, 20).toArray());
    assertThat(rows.found()).hasSize(19).doesNotContainKey(key(7));
    assertThat(rows.unread())
        .isEqualTo(Map.of(key(7), "the row is larger than 1 MB, which would fill the memory"));
  }
}
