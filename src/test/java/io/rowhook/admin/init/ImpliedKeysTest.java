package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.SourceCatalog;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Foreign keys that names and types imply. */
class ImpliedKeysTest {

  @Test
  void aColumnIsCalledAsTheTableAndItsKey() {
    assertThat(
            keys(
                """
                customers: id* name:text
                countries: code*:text name:text
                orders: order_no*:text customer_id country_code:text
                order_lines: id* order_no:text productId
                erp_product: id* sku:text
                tbl_products: id* sku:text
                kunden: kundennr*:text name:text
                rechnungen: id* kundennr:text id_customer
                """))
        .containsExactly(
            "orders.customer_id>customers.id",
            "orders.country_code>countries.code",
            "order_lines.order_no>orders.order_no",
            "order_lines.productId>tbl_products.id",
            "rechnungen.kundennr>kunden.kundennr",
            "rechnungen.id_customer>customers.id");
  }

  @Test
  void aRoleMayStandBeforeIt() {
    assertThat(
            keys(
                """
                investors: id*
                company_investors: id* name:text
                accounts: id*:text name:text parent_account_id:text owner_account_id!:text
                grants: id* company_investor_id first_company_investor_id
                """))
        .as("a text that may be missing may be another program's name")
        .containsExactly(
            "accounts.owner_account_id>accounts.id",
            "grants.company_investor_id>company_investors.id",
            "grants.first_company_investor_id>company_investors.id");
  }

  @Test
  void whatFitsSeveralTablesOrNoneOrHasAnotherTypeIsNone() {
    assertThat(
            keys(
                """
                customers: id* customer_id
                customer: id* name:text
                products: id* name:text
                orders: id* customer_id product_id:text
                """))
        .isEmpty();
  }

  @Test
  void aKindBesideItOrASecretMakesItNone() {
    assertThat(
            keys(
                """
                orders: id* number:text
                tokens: token*:text name:text
                comments: id* order_type:text order_id
                sessions: id* token:text
                """))
        .isEmpty();
  }

  @Test
  void whoBuysIsNoPurchaseAndWhatNamesABankAccountIsNoSecret() {
    assertThat(
            keys(
                """
                purchases: id* number:text
                offices: id* name:text
                bank_accounts: id* name:text iban:text
                orders: id* purchaser_id officer_id bank_account_id
                """))
        .containsExactly("orders.bank_account_id>bank_accounts.id");
  }

  @Test
  void aModulesWordMayBeLeftOut() {
    assertThat(
            keys(
                """
                shop_orders: id* number:text
                shop_products: id* sku:text
                shop_stores: id* name:text
                shop_carts: id* name:text
                shop_items: id* order_id product_id
                customers: id* name:text
                """))
        .containsExactly(
            "shop_items.order_id>shop_orders.id", "shop_items.product_id>shop_products.id");
  }

  @Test
  void whatIsDeclaredStaysAndIsNotNamedTwice() {
    assertThat(
            keys(
                """
                customers: id* name:text
                customer: customer_id* name:text
                orders: id* customer_id>customers billing_customer_id
                """))
        .containsExactly("orders.customer_id>customers.id declared");
  }

  @Test
  void whatTheyImplyIsSaidInTheFile() {
    Proposal proposal =
        Proposer.propose(
            ImpliedKeys.added(
                CatalogText.of(
                    """
                    customers: id* name:text
                    orders: id* number:text customer_id
                    order_lines: id* order_id! quantity
                    """)),
            Set.of());
    assertThat(EntitiesText.file(proposal))
        .contains("key: order_id # no foreign key declared\n")
        .contains(
            "customer: { table: public.customers, key: customer_id, attributes: [name] } # no foreign key declared\n");
  }

  private static List<String> keys(String text) {
    SourceCatalog catalog = ImpliedKeys.added(CatalogText.of(text));
    return catalog.tables().stream()
        .flatMap(table ->
            table.foreignKeys().stream()
                .map(key ->
                    "%s.%s>%s.%s%s"
                        .formatted(
                            table.id().name(),
                            key.columns().getFirst(),
                            key.table().name(),
                            key.to().getFirst(),
                            key.declared() ? " declared" : "")))
        .toList();
  }
}
