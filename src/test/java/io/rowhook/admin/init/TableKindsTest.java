package io.rowhook.admin.init;

import static io.rowhook.admin.init.CatalogText.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is an entity, a part of one, or neither: the rules that real schemas have taught. */
class TableKindsTest {

  @Test
  void settingsAreSettingsWhereverTheWordStands() {
    Proposal proposal =
        propose(
            """
            accounts: id* name:text
            account_configuration_default_account: id* account>accounts
            tax_template: id* name:text account>accounts
            product_template: id* name:text
            """);
    assertThat(CatalogText.entities(proposal)).containsExactly("accounts", "product_template");
    assertThat(proposal.leftOut())
        .containsEntry(id("account_configuration_default_account"), "configuration")
        .containsEntry(id("tax_template"), "configuration");
  }

  @Test
  void whereMostTablesOfAFirstWordAreAProgramsOwnTheOthersAreToo() {
    Proposal proposal =
        propose(
            """
            base_model: id* name:text
            base_action: id* name:text
            base_cron: id* name:text
            base_translation: id* name:text
            base_export: id* name:text
            base_partner: id* name:text
            base_unit: id* name:text color size weight height width
            orders: id* number:text partner!>base_partner
            """);
    assertThat(CatalogText.entities(proposal))
        .as("a business object that others name stays")
        .containsExactlyInAnyOrder("base_partner", "orders");
    assertThat(proposal.leftOut().get(id("base_unit")))
        .isEqualTo("a program's own, as most tables whose name begins with base");
  }

  @Test
  void linesAreToldByTheirColumnsTooAndLinksByThatTheyHaveNone() {
    Proposal proposal =
        propose(
            """
            transactions: id* reference:text
            parts: id* partnumber:text
            accounts: id* accno:text
            batch: id* control_code:text
            invoice: id* trans_id>transactions parts_id>parts qty sellprice
            postings: id* trans_id!>transactions chart_id>accounts amount_bc
            voucher: id* trans_id>transactions batch_id>batch
            note_a: id* entry_id!>postings
            note_b: id* entry_id!>postings
            """);
    assertThat(CatalogText.entities(proposal)).doesNotContain("invoice", "postings", "voucher");
    assertThat(CatalogText.parts(proposal))
        .contains("transactions.invoice", "transactions.postings");
    assertThat(proposal.leftOut()).containsEntry(id("voucher"), "link table");
  }

  @Test
  void aLinkBelongsToWhatIsNoClassifier() {
    assertThat(
            CatalogText.parts(
                propose(
                    """
                    party_party: id* name:text
                    party_category: id* name:text parent>party_category
                    party_category_rel: id* party!>>party_party category!>>party_category
                    """)))
        .containsExactly("party_party.party_category_rel");
  }

  @Test
  void aNameMadeOfTwoOthersIsALinkWithColumnsOfItsOwn() {
    assertThat(
            CatalogText.parts(
                propose(
                    """
                    invoices: id* number:text
                    subscriptions: id* number:text
                    invoice_subscriptions: id* invoice_id!>invoices subscription_id!>subscriptions from_date:time
                    """)))
        .containsExactly("invoices.invoice_subscriptions");
  }

  @Test
  void whatAllRowsNameOwnsNone() {
    StringBuilder text =
        new StringBuilder(
            """
            company: id* name:text
            product: id* name:text
            product_cost: id* product>product company!>>company cost
            company_bank: id* company!>>company bic:text
            """);
    for (int i = 0; i < 10; i++) {
      text.append("order_%s: id* number:text company!>>company\n".formatted((char) ('a' + i)));
    }
    assertThat(CatalogText.parts(propose(text.toString())))
        .containsExactly("company.company_bank", "product.product_cost");
  }

  @Test
  void aRowThatNamesTwoOfOneTableIsNoPartOfEither() {
    assertThat(
            CatalogText.parts(
                propose(
                    """
                    account: id* accno:text
                    account_tax: id* name:text sales_account!>account purchase_account>account
                    stock_location: id* name:text
                    stock_move: id* from_location!>>stock_location to_location!>>stock_location
                    """)))
        .containsExactly("account.account_tax");
  }

  @Test
  void aLineWithoutADocumentIsAnObjectUnlessItIsPriced() {
    Proposal proposal =
        propose(
            """
            employee: id* name:text
            timesheet_line: id* employee>employee hours date:time
            product: id* name:text
            order_items: id* trans_id product_id>product qty price
            """);
    assertThat(CatalogText.entities(proposal))
        .contains("timesheet_line")
        .doesNotContain("order_items");
    assertThat(proposal.leftOut().get(id("order_items"))).contains("by hand");
  }

  @Test
  void linesThatAreCalledNothingElseGoWithTheirDocument() {
    assertThat(
            CatalogText.parts(
                propose(
                    """
                    plans: id* name:text
                    metrics: id* name:text
                    charges: id* code:text plan_id>plans metric_id>metrics
                    charge_filters: id* charge_id!>charges
                    """)))
        .containsExactly("plans.charges", "plans.charges.charge_filters");
  }

  @Test
  void whatIsNoObjectAndHasToNameOneIsPartOfIt() {
    Proposal proposal =
        propose(
            """
            invoices: id* number:text
            employees: id* name:text
            breakdowns: id* invoice_id!>invoices text:json
            activities: id* employee_id!>employees text:json
            """);
    assertThat(CatalogText.parts(proposal)).containsExactly("invoices.breakdowns");
    assertThat(proposal.leftOut()).as("who did it does not own it").containsKey(id("activities"));
  }

  @Test
  void partsOfWhatIsLeftOutAreLeftOut() {
    Proposal proposal =
        propose(
            """
            account: id* accno:text
            tax_rule: id* name:text
            tax_rule_line: id* rule!>>tax_rule account!>account
            """);
    assertThat(CatalogText.entities(proposal)).containsExactly("account");
    assertThat(proposal.leftOut())
        .containsEntry(id("tax_rule_line"), "part of public.tax_rule, which is left out");
  }

  @Test
  void inRomanceLanguagesWhatItIsStandsFirst() {
    Proposal proposal =
        propose(
            """
            clientes: id* nombre:text
            facturascli: id* numero:text idcliente>clientes
            lineasfacturascli: id* idfactura!>facturascli cantidad pvp
            formatos_documentos: id* nombre:text
            proveedores: id* nombre:text
            """);
    assertThat(CatalogText.entities(proposal))
        .containsExactly("clientes", "facturascli", "proveedores");
    assertThat(CatalogText.parts(proposal)).containsExactly("facturascli.lineasfacturascli");
  }

  @Test
  void inGermanicOnesItStandsLastThoughWrittenInOneWord() {
    Proposal proposal =
        propose(
            """
            kunden: id* name:text
            rechnungen: id* nummer:text kunde>kunden
            rechnungspositionen: id* rechnung!>rechnungen menge preis
            lieferanten: id* name:text
            """);
    assertThat(CatalogText.parts(proposal)).containsExactly("rechnungen.rechnungspositionen");
  }

  @Test
  void aKeyIsAlwaysSentSoASecretInItLeavesTheTableOut() {
    Proposal proposal =
        propose(
            """
            customers: id* name:text email:text
            customer_cards: iban*:text customer_id!>>customers
            orders: access_token*:text number:text
            """);
    Proposal.Entity customer = proposal.entities().getFirst();
    assertThat(customer.asked()).containsExactly("email");
    assertThat(customer.parts().getFirst().hidden()).isEmpty();
    assertThat(customer.parts().getFirst().asked()).containsExactly("iban");
    assertThat(proposal.leftOut())
        .containsEntry(id("orders"), "its key holds a secret, and a key is always sent");
  }

  @Test
  void aRoleThatThingsAreDoneInIsAnObjectAndWhatNobodyNamesIsAPart() {
    Proposal proposal =
        propose(
            """
            companies: id* name:text
            people: id* name:text
            company_helpers: id* company_id!>companies person_id!>people rate
            invoices: id* number:text helper_id!>company_helpers
            payments: id* number:text
            payment_transactions: id* payment_id!>payments gateway_error_code:text amount
            """);
    assertThat(CatalogText.entities(proposal)).contains("company_helpers");
    assertThat(CatalogText.parts(proposal)).containsExactly("payments.payment_transactions");
  }

  @Test
  void aUserOfWhomMoreIsKeptAndAGrantWithAPriceAreNoRights() {
    assertThat(
            CatalogText.entities(
                propose(
                    """
                    users: id* last_name:text email:text street:text zip_code:text
                    equity_grants: id* name:text user_id!>users share_price
                    table_grants: id* name:text user_id!>users
                    """)))
        .containsExactly("equity_grants", "users");
  }

  @Test
  void whatHoldsBinaryValuesOnlyIsNoPart() {
    assertThat(
            propose(
                    """
                    invoices: id* number:text
                    invoice_events: id* invoice_id!>invoices events:bytea
                    """)
                .leftOut())
        .containsEntry(id("invoice_events"), "nothing but binary values");
  }

  @ParameterizedTest
  @CsvSource({
    "invoices,invoice_url_key,secret",
    "users,user_psalt,secret",
    "api_keys,value,secret",
    "user_session,key,secret",
    "devices,cookie,secret",
    "users,logkey,secret",
    "companies,invite_link,secret",
    "endpoints,hmac_key,secret",
    "products,key,",
    "settings,value,",
    "bank_account_number,number,personal",
    "orders,number,",
    "customers,email,asked",
    "customers,postal_code,asked",
    "contact_mechanism,value,asked",
    "customers,tax_identification_number,asked",
    "products,code,"
  })
  void aColumnIsJudgedWithItsTable(String table, String column, String why) {
    var catalog = CatalogText.of(table + ": id* " + column + ":text");
    var of = catalog.tables().getFirst();
    Columns.Hidden hidden = Columns.hidden(of, of.column(column));
    boolean asked = PersonalData.asked(of, Set.of()).equals(List.of(column));
    assertThat(hidden != null ? hidden.name() : asked ? "asked" : null).isEqualTo(why);
  }

  private static Proposal propose(String text) {
    return Proposer.propose(CatalogText.of(text), Set.of());
  }
}
