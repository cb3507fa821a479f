package io.rowhook.admin.init;

import static io.rowhook.admin.init.CatalogText.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a program has for itself, and what only looks like it. */
class TechnicalTablesTest {

  @Test
  void aReportWithLinesIsADocument() {
    Proposal proposal =
        propose(
            """
            accounts: id* name:text
            clearing_report: id* account_id>accounts total
            clearing_report_line: id* clearing_report_id!>clearing_report amount
            sales_report: id* name:text total
            """);
    assertThat(CatalogText.parts(proposal)).containsExactly("clearing_report.clearing_report_line");
    assertThat(proposal.leftOut())
        .containsEntry(id("sales_report"), "figures that are computed")
        .doesNotContainKey(id("clearing_report"));
  }

  @Test
  void whatAllowsAReturnIsNoRight() {
    Proposal proposal =
        propose(
            """
            orders: id* number:text
            return_authorizations: id* number:text state:text order_id>orders
            user_authorizations: id* number:text state:text order_id>orders
            """);
    assertThat(CatalogText.entities(proposal)).contains("return_authorizations");
    assertThat(proposal.leftOut()).containsEntry(id("user_authorizations"), "permissions");
  }

  @Test
  void visitsAndSchedulesAreAProgramsOwn() {
    Proposal proposal =
        propose(
            """
            orders: id* number:text ip_address:text browser:text referrer:text
            events: id* name:text ip_address:text browser:text referrer:text order_id>orders
            runs: id* name:text cron_expression:text order_id>orders a b c
            lock_audit_table: id* name:text order_id>orders a b c
            web_hooks: id* name:text url:text order_id>orders a b c
            """);
    assertThat(CatalogText.entities(proposal)).containsExactly("orders");
    assertThat(proposal.leftOut())
        .containsEntry(id("events"), "sessions")
        .containsEntry(id("runs"), "queues")
        .containsEntry(id("lock_audit_table"), "history")
        .containsEntry(id("web_hooks"), "interfaces to other programs");
  }

  private static Proposal propose(String text) {
    return Proposer.propose(CatalogText.of(text), Set.of());
  }
}
