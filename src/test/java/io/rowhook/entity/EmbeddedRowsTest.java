package io.rowhook.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.TableId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A row is found wherever a reference or a part has it, and nobody else's is. */
class EmbeddedRowsTest {

  private static final TableId CUSTOMER = TableId.parse("crm.customer");

  private static EmbeddedRows rows(EntityType order, String id, EntityKeys keys) {
    EntityType customer = new EntityType("Customer", CUSTOMER, List.of(), List.of());
    return new EmbeddedRows(List.of(customer, order), customer, id, keys);
  }

  private static EntityType order(List<ChildTable> parts, LookupReference... references) {
    return new EntityType(
        "Order",
        TableId.parse("sales.sales_order"),
        List.of(),
        List.of(),
        parts,
        List.of(references));
  }

  private static LookupReference reference(
      String name, List<String> key, List<String> to, String prefix, String... shown) {
    return new LookupReference(
        name, CUSTOMER, key, to, prefix, ColumnFilter.only(List.of(shown)), "", List.of());
  }

  private static String redacted(EmbeddedRows rows, String json) {
    byte[] left = rows.redact("Order", json.getBytes(StandardCharsets.UTF_8)).json();
    return left == null ? "as it was" : new String(left, StandardCharsets.UTF_8);
  }

  @Test
  void aReferenceBecomesNullInDataAndOldValues() {
    EmbeddedRows rows =
        rows(
            order(List.of(), reference("customer", List.of("customer_id"), List.of(), "", "name")),
            "7",
            new EntityKeys(List.of("customer_id"), List.of("customer_id")));
    assertThat(rows.entityTypes()).containsExactly("Order");
    assertThat(
            redacted(
                rows,
                """
                {"data":{"id":1,"customer_id":8,"customer":{"name":"Bo"}},\
                "previous":{"customer_id":7,"customer":{"name":"Ann"}},"total":1.50}\
                """))
        .isEqualTo(
            """
            {"data":{"id":1,"customer_id":8,"customer":{"name":"Bo"}},\
            "previous":{"customer_id":7,"customer":null},"total":1.50}\
            """);
    assertThat(redacted(rows, "{\"data\":{\"customer_id\":77,\"customer\":{\"name\":\"Bo\"}}}"))
        .isEqualTo("as it was");
  }

  @Test
  void whereNoKeyIsShownItIsUnclear() {
    EmbeddedRows rows =
        rows(
            order(
                List.of(), reference("customer_id", List.of("customer_id"), List.of(), "", "name")),
            "7",
            new EntityKeys(List.of("customer_id"), List.of("customer_id")));
    byte[] json =
        "{\"data\":{\"customer_id\":{\"name\":\"Ann\"}}}".getBytes(StandardCharsets.UTF_8);
    EmbeddedRows.Redaction redaction = rows.redact("Order", json);
    assertThat(redaction.json()).isNull();
    assertThat(redaction.unclear()).isTrue();
    assertThat(redacted(rows, "{\"data\":{\"customer_id\":{\"customer_id\":7,\"name\":\"Ann\"}}}"))
        .isEqualTo("{\"data\":{\"customer_id\":null}}");
  }

  @Test
  void byAnotherKeyThanTheIdAsItsOwnEventsShowIt() {
    EmbeddedRows rows =
        rows(
            order(
                List.of(),
                reference("by", List.of("kind"), List.of(), "customer,", "name"),
                reference("to", List.of("mail"), List.of("email"), "", "name")),
            "C-7",
            new EntityKeys(List.of("number"), List.of("id")));
    rows.learn(
        "{\"data\":{\"id\":70,\"number\":\"C-7\",\"email\":\"new@x\"},\"previous\":{\"email\":\"old@x\"}}"
            .getBytes(StandardCharsets.UTF_8));
    assertThat(
            redacted(
                rows,
                """
                {"data":{"kind":"customer,70","by":{"name":"Ann"},\
                "mail":"old@x","to":{"name":"Ann"}},"previous":null}\
                """))
        .isEqualTo(
            """
            {"data":{"kind":"customer,70","by":null,"mail":"old@x","to":null},"previous":null}\
            """);
    assertThat(
            redacted(
                rows,
                """
                {"data":{"kind":"supplier,70","by":{"name":"Bo"},"mail":"bo@x","to":{"name":"Bo"}}}\
                """))
        .isEqualTo("as it was");
    assertThat(rows.isKey("{\"id\":70}")).isTrue();
    assertThat(rows.isKey("{\"id\":7}")).isFalse();
  }

  @Test
  void aPartLeavesItsListAndAPartsReferenceBecomesNull() {
    LookupReference contact = reference("contact", List.of("contact_id"), List.of(), "", "name");
    ChildTable lines =
        new ChildTable(
            "lines",
            TableId.parse("sales.line"),
            List.of("order_id"),
            List.of(),
            List.of(),
            List.of(
                new ChildTable(
                    "guests",
                    CUSTOMER,
                    List.of("line_id"),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of())),
            List.of(contact));
    EmbeddedRows rows =
        rows(
            order(List.of(lines)),
            "{\"a\":1,\"b\":\"x\"}",
            new EntityKeys(List.of("a", "b"), List.of("a", "b")));
    assertThat(
            redacted(
                rows,
                """
                {"data":{"lines":[{"n":1,"guests":[{"a":1,"b":"x"},{"a":1,"b":"y"}],\
                "contact":{"a":1,"b":"x","name":"Ann"}},{"n":2,"contact":null}]}}\
                """))
        .isEqualTo(
            """
            {"data":{"lines":[{"n":1,"guests":[{"a":1,"b":"y"}],"contact":null},\
            {"n":2,"contact":null}]}}\
            """);
  }
}
