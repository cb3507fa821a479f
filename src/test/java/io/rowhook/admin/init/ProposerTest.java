package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.init.Proposal.Entity;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Server;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of {@code rowhook init}, on catalogs of a few tables. */
class ProposerTest {

  private final List<Table> tables = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "orders,Order",
    "tbl_customers,Customer",
    "people,Person",
    "categories,Category",
    "addresses,Address",
    "statuses,Status",
    "warehouses,Warehouse",
    "boxes,Box",
    "series,Series",
    "sales_invoices,SalesInvoice",
    "orderitems,OrderItem",
    "SalesOrders,SalesOrder",
    "2020_orders,T2020Order",
    "größen,Groessen",
    "news,News",
    "purchases,Purchase"
  })
  void anEntityIsNamedInTheSingular(String table, String entity) {
    table(table, "id", "name");
    assertThat(new TableNames(tables).entity(id(table))).isEqualTo(entity);
  }

  @Test
  void otherLanguagesAreLeftAsTheyAre() {
    table("kunden", "id", "name");
    table("rechnungen", "id", "nummer");
    table("kurs", "id", "name");
    TableNames names = new TableNames(tables);
    assertThat(names.entity(id("kurs"))).isEqualTo("Kurs");
    assertThat(names.entity(id("kunden"))).isEqualTo("Kunden");
  }

  @Test
  void aPrefixThatAllTablesHaveGoesUnlessNamesWouldBeTheSame() {
    table("erp_orders", "id");
    table("erp_customers", "id");
    table("erp_products", "id");
    assertThat(new TableNames(tables).entity(id("erp_orders"))).isEqualTo("Order");
    table("tbl_stock", "id");
    table("stock", "id");
    assertThat(new TableNames(tables).entity(id("erp_orders"))).isEqualTo("ErpOrder");
    assertThat(new TableNames(tables).entity(id("tbl_stock"))).isEqualTo("TblStock");
  }

  @Test
  void whatIsNoBusinessObjectIsLeftOutWithAReason() {
    for (String each :
        List.of(
            "app_settings",
            "user_sessions",
            "role_permissions",
            "order_history",
            "audit_log",
            "product_translations",
            "schema_migrations",
            "mail_queue",
            "order_status")) {
      table(each, "id", "name");
    }
    tables.add(
        new Table(
            id("no_key"),
            List.of(column("a", "text")),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            5,
            false,
            false,
            false));
    assertThat(propose().entities()).isEmpty();
    assertThat(propose().leftOut())
        .containsEntry(id("app_settings"), "configuration")
        .containsEntry(id("user_sessions"), "sessions")
        .containsEntry(id("role_permissions"), "permissions")
        .containsEntry(id("order_history"), "history")
        .containsEntry(id("audit_log"), "history")
        .containsEntry(id("product_translations"), "translations")
        .containsEntry(id("schema_migrations"), "migrations")
        .containsEntry(id("mail_queue"), "queues")
        .containsEntry(id("order_status"), "a list of codes")
        .containsEntry(id("no_key"), "no primary key");
    Proposal asked = Proposer.propose(catalog(), Set.of(id("mail_queue")));
    assertThat(asked.entities()).extracting(Entity::name).containsExactly("MailQueue");
  }

  @Test
  void partsGoByCascadeOrAKeyThatHoldsTheOthers() {
    table("orders", "id", "number");
    tables.add(
        child(
            "order_lines",
            List.of("id"),
            new ForeignKey(List.of("order_id"), id("orders"), List.of("id"), true),
            "order_id",
            "line_no"));
    tables.add(
        child(
            "order_notes",
            List.of("order_id", "no"),
            new ForeignKey(List.of("order_id"), id("orders"), List.of("id"), false),
            "order_id",
            "no"));
    tables.add(
        child(
            "invoices",
            List.of("id"),
            new ForeignKey(List.of("order_id"), id("orders"), List.of("id"), true),
            "order_id",
            "number"));
    Entity order = entity("Order");
    assertThat(order.parts()).extracting(Proposal.Part::name).containsExactly("lines", "notes");
    assertThat(order.parts().getFirst().orderBy()).containsExactly("line_no");
    assertThat(entity("Invoice").references().getFirst().attributes()).containsExactly("number");
  }

  @Test
  void aLineIsFoundThroughTheHeadOfItsDocument() {
    table("journal_entry", "id", "reference");
    tables.add(
        child(
            "journal_line",
            List.of("id"),
            new ForeignKey(List.of("journal_id"), id("journal_entry"), List.of("id"), false),
            "journal_id"));
    assertThat(entity("JournalEntry").parts())
        .extracting(Proposal.Part::name)
        .containsExactly("lines");
  }

  @Test
  void aLinkIsAPartWithAReference() {
    table("products", "id", "sku");
    table("categories", "id", "name");
    tables.add(
        new Table(
            id("product_categories"),
            List.of(column("product_id", "number"), column("category_id", "number")),
            List.of("product_id", "category_id"),
            List.of(),
            List.of(),
            List.of(
                new ForeignKey(List.of("product_id"), id("products"), List.of("id"), false),
                new ForeignKey(List.of("category_id"), id("categories"), List.of("id"), false)),
            0,
            false,
            false,
            false));
    Proposal.Part link = entity("Product").parts().getFirst();
    assertThat(link.name()).isEqualTo("categories");
    assertThat(link.references()).extracting(Proposal.Reference::name).containsExactly("category");
  }

  @Test
  void aReferenceWithoutATellingColumnGoesOneFurther() {
    table("parties", "id", "name");
    tables.add(
        child(
            "customers",
            List.of("id"),
            new ForeignKey(List.of("party_id"), id("parties"), List.of("id"), false),
            "party_id"));
    tables.add(
        child(
            "orders",
            List.of("id"),
            new ForeignKey(List.of("customer_id"), id("customers"), List.of("id"), false),
            "customer_id"));
    Proposal.Reference customer = entity("Order").references().getFirst();
    assertThat(customer.name()).isEqualTo("customer");
    assertThat(customer.attributes()).containsExactly("id");
    assertThat(customer.references().getFirst().attributes()).containsExactly("name");
  }

  @ParameterizedTest
  @CsvSource({
    "password,text,secret",
    "portal_password_2,text,secret",
    "smtpPassword,text,secret",
    "api_key,text,secret",
    "apikey,text,secret",
    "reset_token,text,secret",
    "pwd,text,secret",
    "password_hash,text,secret",
    "salt,text,secret",
    "client_secret,text,secret",
    "private_key,text,secret",
    "photo,bytea,binary",
    "create_uid,number,auditing",
    "write_date,time,auditing",
    "created_at,time,auditing",
    "modified_by,text,auditing",
    "last_updated,time,auditing",
    "dateModified,time,auditing",
    "lastmodifieddate,time,auditing",
    "birth_date,time,personal",
    "iban,text,personal",
    "salary,number,personal",
    "bic,text,personal",
    "pass,number,",
    "pin,number,secret",
    "locked_by,number,auditing",
    "bank_account,text,personal",
    "name,text,",
    "password_changed,boolean,",
    "compass,text,",
    "keyword,text,",
    "changes,number,",
    "delivery_date,time,",
    "update_policy,text,",
    "tokenized_name_count,number,",
    "date,time,",
    "status,text,"
  })
  void whatIsNeverSentUnlessAskedFor(String name, String kind, String why) {
    tables.add(
        new Table(
            id("t"),
            List.of(column("id", "number"), column(name, kind)),
            List.of("id"),
            List.of(),
            List.of(),
            List.of(),
            0,
            false,
            false,
            false));
    Columns.Hidden hidden = Columns.hidden(tables.getFirst(), column(name, kind));
    assertThat(hidden == null ? null : hidden.name()).isEqualTo(why);
  }

  private Proposal propose() {
    return Proposer.propose(catalog(), Set.of());
  }

  private SourceCatalog catalog() {
    return new SourceCatalog(new Server(17, "logical", Set.of(), Set.of()), tables);
  }

  private Entity entity(String name) {
    return propose().entities().stream()
        .filter(entity -> entity.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + propose()));
  }

  private void table(String name, String key, String... columns) {
    List<Column> all = new ArrayList<>(List.of(column(key, "number")));
    Arrays.stream(columns).forEach(column -> all.add(column(column, "text")));
    tables.add(
        new Table(
            id(name),
            all,
            List.of(key),
            List.of(List.of(key)),
            List.of(List.of(key)),
            List.of(),
            10,
            false,
            false,
            false));
  }

  private static Table child(String name, List<String> key, ForeignKey foreign, String... more) {
    List<Column> columns = new ArrayList<>(List.of(column("id", "number")));
    Arrays.stream(more).forEach(column -> columns.add(column(column, "number")));
    return new Table(
        id(name),
        columns,
        key,
        List.of(key),
        List.of(key),
        List.of(foreign),
        10,
        false,
        false,
        false);
  }

  private static Column column(String name, String kind) {
    return new Column(name, kind, kind, false, false, false, List.of());
  }

  private static TableId id(String name) {
    return new TableId("public", name);
  }
}
