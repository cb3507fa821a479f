package io.rowhook.admin.init;

import static io.rowhook.admin.init.CatalogText.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.SourceCatalog;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Prefixes that tell whose a table is, and nothing of what it holds. */
class TableNamesTest {

  @Test
  void aModulesWordOfManyTablesHidesNoLineAndNoName() {
    SourceCatalog catalog =
        CatalogText.of(
            """
            acme_orders: id* number:text total
            acme_line_items: id* order_id!>acme_orders product_id!>acme_products quantity price
            acme_products: id* sku:text name:text
            acme_customers: id* name:text
            acme_statuses: id* name:text
            legacy_invoices: id* number:text
            suppliers: id* name:text
            """);
    Proposal proposal = Proposer.propose(catalog, Set.of());
    assertThat(proposal.entities())
        .extracting(Proposal.Entity::name)
        .containsExactly("Customer", "LegacyInvoice", "Order", "Product", "Supplier");
    assertThat(CatalogText.parts(proposal)).containsExactly("acme_orders.acme_line_items");
    assertThat(proposal.leftOut()).containsEntry(id("acme_statuses"), "a list of codes");
  }

  @Test
  void aWordOfTheBusinessStaysAndSoDoesWhatKeepsTwoNamesApart() {
    TableNames names =
        new TableNames(
            CatalogText.of(
                    """
                    acme_customers: id*
                    acme_orders: id*
                    acme_products: id*
                    acme_stores: id*
                    acme_info: id*
                    orders: id*
                    sale_quotes: id*
                    sale_orders: id*
                    sale_offers: id*
                    sale_invoices: id*
                    sale_returns: id*
                    """)
                .tables());
    assertThat(names.entity(id("acme_customers"))).isEqualTo("Customer");
    assertThat(names.entity(id("acme_orders"))).isEqualTo("AcmeOrder");
    assertThat(names.entity(id("acme_info"))).as("says nothing alone").isEqualTo("AcmeInfo");
    assertThat(names.entity(id("orders"))).isEqualTo("Order");
    assertThat(names.entity(id("sale_quotes"))).isEqualTo("SaleQuote");
  }
}
