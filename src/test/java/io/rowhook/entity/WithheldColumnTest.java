package io.rowhook.entity;

import static io.rowhook.entity.OrdersRig.LINE;
import static io.rowhook.entity.OrdersRig.LONG_AGO;
import static io.rowhook.entity.OrdersRig.ORDER;
import static io.rowhook.entity.OrdersRig.ROWS;
import static io.rowhook.entity.RowChanges.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.UnreadTable;
import io.rowhook.testing.SourceDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A column that may not be read is left out where rows are looked up, and nothing else is. */
@Tag("feature-55")
class WithheldColumnTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private OrdersRig rig;

  @BeforeAll
  static void startSource() {
    source.execute("CREATE ROLE reader LOGIN");
  }

  @BeforeEach
  void start() throws Exception {
    source.execute("DROP TABLE IF EXISTS customer, orders, line, serial CASCADE");
    OrdersRig.tables(source);
    source.execute(
        "GRANT SELECT ON customer, orders, line, serial TO reader",
        "INSERT INTO customer VALUES (3, 'Ada')",
        "INSERT INTO orders SELECT n, 3, n FROM generate_series(1, 9) n",
        "INSERT INTO line SELECT n, l, n FROM generate_series(1, 9) n, generate_series(1, 2) l");
    rig = new OrdersRig(source, "reader", ReplicaIdentity.FULL, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private JsonNode updated(int oid) throws Exception {
    rig.transaction(
        LONG_AGO,
        ROWS.update(
            ORDER,
            "{'oid':%d,'customer':3,'total':0}".formatted(oid),
            "{'oid':%d,'customer':3,'total':%d}".formatted(oid, oid)));
    return rig.log.json(rig.log.published.size() - 1);
  }

  private static boolean isUnavailable(JsonNode json) {
    return json.has("unavailable");
  }

  /** The role has rights on single columns, since one is secret, and the ERP adds another one. */
  @Test
  void aColumnThatTheErpAddsIsLeftOutAndNamedUntilItMayBeRead() throws Exception {
    source.execute(
        "REVOKE SELECT ON line, orders FROM reader",
        "GRANT SELECT (oid, no, quantity, note) ON line TO reader",
        "GRANT SELECT (oid, customer, total) ON orders TO reader");
    assertThat(isUnavailable(updated(1))).isFalse();
    source.execute(
        "ALTER TABLE line ADD colour text DEFAULT 'red'", "ALTER TABLE orders ADD shop int");
    rig.restart(
        List.of("oid", "customer", "total", "shop"),
        List.of("oid", "no", "quantity", "note", "colour"));
    JsonNode json = updated(2);
    assertThat(json.get("unavailable")).hasToString(quoted("['lines.colour']"));
    assertThat(json.at("/data/lines/1/quantity").asInt()).isEqualTo(2);
    assertThat(json.at("/data/buyer/name").asText()).isEqualTo("Ada");
    assertThat(json.get("read")).hasToString(quoted("['lines','buyer']"));
    assertThat(rig.rows.counts().unread()).isZero();
    rig.transaction(
        LONG_AGO,
        ROWS.update(
            LINE,
            "{'oid':2,'no':1,'quantity':0,'note':null,'colour':'red'}",
            "{'oid':2,'no':1,'quantity':2,'note':null,'colour':'red'}"));
    json = rig.log.json(rig.log.published.size() - 1);
    assertThat(json.get("unavailable")).hasToString(quoted("['shop','lines.colour']"));
    assertThat(json.at("/data/total").asInt()).isEqualTo(2);
    assertThat(json.at("/data/lines/0/colour").asText()).as("as logged").isEqualTo("red");
    assertThat(json.at("/previous/lines").isNull()).as("not known whole").isTrue();
    assertThat(rig.rows.counts().tables())
        .extracting(UnreadTable::text)
        .hasSize(2)
        .first()
        .isEqualTo(
            "public.line: reader may not read colour, which the rows that are looked up lack; their"
                + " events name them in 'unavailable'. Run GRANT SELECT (\"colour\") ON"
                + " \"public\".\"line\" TO \"reader\";");

    source.execute(
        "GRANT SELECT (colour) ON line TO reader", "GRANT SELECT (shop) ON orders TO reader");
    json = updated(3);
    assertThat(isUnavailable(json)).isFalse();
    assertThat(json.at("/data/lines/1/colour").asText()).isEqualTo("red");
    source.execute("REVOKE SELECT (colour) ON line FROM reader");
    assertThat(updated(4).get("unavailable"))
        .as("taken away again, and nothing else is lost")
        .hasToString(quoted("['lines.colour']"));
  }

  /** A generation that knows more columns than were looked at before. */
  @Test
  void aColumnThatIsAddedIsReadFromThenOn() throws Exception {
    updated(1);
    source.execute("ALTER TABLE line ADD colour text DEFAULT 'red'");
    rig.restart(
        List.of("oid", "customer", "total"), List.of("oid", "no", "quantity", "note", "colour"));
    assertThat(updated(2).at("/data/lines/0/colour").asText()).isEqualTo("red");
  }

  /** What the settings name is not left out: its row is unavailable as a whole. */
  @Test
  void aColumnThatTheSettingsNameIsNotLeftOut() throws Exception {
    source.execute(
        "REVOKE SELECT ON customer FROM reader", "GRANT SELECT (id) ON customer TO reader");
    assertThat(updated(1).get("unavailable")).hasToString(quoted("['buyer']"));
    assertThat(rig.rows.counts().tables())
        .extracting(UnreadTable::text)
        .singleElement()
        .asString()
        .endsWith("run GRANT SELECT ON \"public\".\"customer\" TO \"reader\";");
  }
}
