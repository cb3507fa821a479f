package io.rowhook.admin.init;

import static io.rowhook.admin.init.CatalogText.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.SourceCatalog;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a table is to others by its columns and keys. */
class TableRolesTest {

  @Test
  void whatNobodyCouldCallAnythingIsPartOfTheOnlyObjectThatItNames() {
    Proposal proposal =
        propose(
            """
            warehouse: id* name:text
            bin: id* warehouse_id!>warehouse description:text
            articles: id* number:text bin_id>bin
            contents: id* parent_id!>articles article_id!>articles qty
            stocktaking: id* number:text bin_id>bin article_id>articles
            """);
    assertThat(CatalogText.entities(proposal)).doesNotContain("bin", "contents");
    assertThat(CatalogText.parts(proposal)).contains("warehouse.bin", "articles.contents");
  }

  @Test
  void linesOfSeveralPossibleDocumentsAreNoObjects() {
    Proposal proposal =
        propose(
            """
            parts: id* number:text
            sales: id* number:text
            purchases: id* number:text
            invoice: id* trans_id parts_id>parts qty sellprice
            """);
    assertThat(proposal.leftOut().get(id("invoice")))
        .isEqualTo("lines whose document no foreign key names; to be added to contains by hand");
  }

  @Test
  void whatReachesAnotherProgramIsAnInterface() {
    assertThat(
            propose("shops: id* name:text server:text port password:text\norders: id* number:text")
                .leftOut())
        .containsEntry(id("shops"), "interfaces to other programs");
  }

  @Test
  void aKeyIsNoPriceWhateverItsNameHolds() {
    assertThat(
            propose(
                    """
                    enterprises: id* name:text
                    users: id* login:text
                    enterprise_roles: id* enterprise_id!>enterprises user_id!>users receives:boolean
                    """)
                .leftOut())
        .containsEntry(id("enterprise_roles"), "permissions");
  }

  @Test
  void anArticleOfADocumentIsALineOfItWhereItHasAQuantity() {
    Proposal proposal =
        propose(
            """
            orders: id* number:text
            articles: id* name:text
            article_versions: id* article_id!>articles category_id!>categories price
            categories: id* name:text parent_id>categories
            order_articles: id* order_id>orders article_version_id>article_versions quantity
            order_article_notes: id* order_article_id>order_articles
            """);
    assertThat(CatalogText.parts(proposal))
        .contains("orders.order_articles", "articles.article_versions");
    assertThat(CatalogText.entities(proposal)).containsExactly("articles", "categories", "orders");
  }

  @Test
  void whatNobodyCouldCallAnythingIsALineOfItsArticle() {
    Proposal proposal =
        propose(
            """
            products: id* name:text
            variants: id* sku:text product_id!>products
            stock_locations: id* name:text
            stock_items: id* stock_location_id>stock_locations variant_id>variants count_on_hand
            stock_movements: id* number:text stock_item_id>stock_items quantity
            """);
    assertThat(CatalogText.entities(proposal)).doesNotContain("stock_items");
    assertThat(CatalogText.parts(proposal)).anyMatch(part -> part.endsWith("variants.stock_items"));
  }

  @Test
  void whatIsCalledAfterOneAndGoesWithAnotherIsAPartOfThis() {
    Proposal proposal =
        propose(
            """
            parts: id* number:text
            suppliers: id* name:text
            part_vendor: id* supplier_id!>>suppliers part_id!>parts number:text price
            part_batch: id* supplier_id!>suppliers part_id!>parts number:text
            """);
    assertThat(CatalogText.parts(proposal)).containsExactly("suppliers.part_vendor");
    assertThat(CatalogText.entities(proposal)).contains("part_batch");
  }

  @Test
  void aLinkIsAPartThoughNobodyDeclaredThatItsKeysAreThere() {
    SourceCatalog catalog =
        CatalogText.of(
            """
            products: id* name:text
            options: id* name:text
            options_products: id* product_id option_id
            """);
    assertThat(CatalogText.parts(Proposer.propose(ImpliedKeys.added(catalog), Set.of())))
        .containsExactly("products.options_products");
  }

  @Test
  void whatSortOfThingSomebodyHasIsTheirsThoughMostTablesNameThem() {
    StringBuilder text =
        new StringBuilder(
            """
            party: id* name:text
            wage_type: id* name:text
            party_image: id* party_id!>party
            wage: party_id*>party wage_type_id*>wage_type rate
            """);
    for (int i = 0; i < 12; i++) {
      text.append("contract%d: id* number:text party_id!>party amount\n".formatted(i));
    }
    assertThat(CatalogText.parts(propose(text.toString()))).contains("party.wage");
  }

  private static Proposal propose(String text) {
    return Proposer.propose(CatalogText.of(text), Set.of());
  }
}
