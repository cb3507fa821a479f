package io.rowhook.admin.init;

import static io.rowhook.admin.init.CatalogText.id;
import static org.assertj.core.api.Assertions.assertThat;

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

  private static Proposal propose(String text) {
    return Proposer.propose(CatalogText.of(text), Set.of());
  }
}
