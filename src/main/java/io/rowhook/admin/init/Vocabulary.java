package io.rowhook.admin.init;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The words by which names of tables and columns tell what they hold. In small letters, singular.
 */
final class Vocabulary {

  /** Business objects, in English. */
  static final Set<String> ENGLISH =
      words(
          """
          account agreement appointment article asset batch bill booking budget campaign case client company
          complaint contact contract consignment credit_note customer deal debtor creditor delivery department
          deposit employee entity estimate event expense facility good guest inquiry inventory invoice issue item

          job_order journal ledger lead listing location loan machine manufacturer material member
          offer opportunity order organisation organization part partner party patient payment payroll person
          picking policy position product production project property proposal purchase quotation quote receipt
          refund rental request requisition reservation return rma sale shipment shop site stock store
          subscription supplier task tenant ticket timesheet timecard transaction transfer trip unit vehicle
          vendor voucher warehouse workorder department lot category campaign discount coupon price_list\
          """);

  /** The same in other languages. */
  static final Set<String> FOREIGN =
      words(
          """
          kunde kunden artikel auftrag auftraege auftrag rechnung rechnungen lieferant lieferanten bestellung
          bestellungen angebot angebote lieferschein gutschrift mitarbeiter projekt lager vertrag zahlung
          buchung produkt beleg belege konto konten ansprechpartner adresse
          client commande facture fournisseur produit devis paiement livraison salarie contrat avoir
          kunder ordre faktura leverandoer leverandor vare varer tilbud medarbejder projekt aftale betaling
          cliente pedido factura proveedor producto presupuesto pago empleado contrato
          klant klanten bestelling factuur leverancier offerte fattura ordine fornitore prodotto preventivo\
          """);

  /** The last word of a part's table: a line of an order. */
  static final Set<String> PARTS =
      words(
          """
          line item detail row entry position pos posten zeile component attribute property value address
          price image picture photo attachment document phone email tag note comment ligne linje linea regel
          element segment step tier option variant serial contact tax discount charge term schedule milestone\
          """);

  /** A table whose names hold one of these words is no business object; for which reason. */
  static final Map<String, Set<String>> NO_ENTITIES =
      Map.of(
          "configuration",
          words(
              """
              config configuration setting preference param parameter default menu screen widget dashboard
              layout sequence cache temp tmp backup bak staging feature_flag plugin module extension
              cron macro field_definition label_definition einstellung konfiguration\
              """),
          "sessions",
          words("session login logon visit captcha nonce token cookie remember sitzung"),
          "permissions",
          words(
              """
              permission privilege acl grant role auth authorization oauth user userrole usergroup benutzer
              recht rechte rolle password credential apikey\
              """),
          "history",
          words(
              "history hist audit log changelog archive archived revision versioning tracking trail historie protokoll"),
          "translations",
          words("translation i18n l10n locale trans_text lang uebersetzung language"),
          "migrations",
          words(
              "migration flyway alembic liquibase databasechangelog databasechangeloglock schema_info schema_version"),
          "queues",
          words("queue outbox inbox worker lock semaphore heartbeat warteschlange pending"));

  /** Tables of just this name are a program's own. */
  static final Set<String> OWN = words("template report");

  /** A table whose name begins so holds what belongs to a row, not the row. */
  static final Set<String> FILES = words("file attachment image picture document photo upload");

  /** A last word that says nothing of what a table holds: an order's head is the order. */
  static final Set<String> HEADS =
      words("entry info header head master document doc base main kopf");

  /** The last word of a table of codes, which others are classified by. */
  static final Set<String> CODES =
      words(
          """
          type class status state kind code country currency salutation gender timezone mimetype group level
          region language reason priority method mode form uom unit_type art typ land waehrung\
          """);

  /** Columns by which a person knows a row. The first are the best. */
  static final List<String> TELLING =
      List.of(
          "name",
          "number",
          "code",
          "no",
          "nr",
          "num",
          "title",
          "sku",
          "email",
          "label",
          "symbol",
          "reference",
          "ref",
          "subject",
          "barcode",
          "bezeichnung",
          "nummer",
          "kode",
          "kuerzel",
          "matchcode",
          "nom",
          "numero",
          "navn",
          "nombre",
          "naam",
          "nome",
          "accno",
          "control_code");

  private Vocabulary() {}

  /** Whether a word, or two of them joined, names a business object. */
  static boolean business(String word) {
    return ENGLISH.contains(word) || FOREIGN.contains(word);
  }

  /** Whether a word is known at all. */
  static boolean known(String word) {
    return business(word)
        || PARTS.contains(word)
        || CODES.contains(word)
        || NO_ENTITIES.values().stream().anyMatch(words -> words.contains(word));
  }

  private static Set<String> words(String text) {
    return Set.copyOf(List.of(text.strip().split("\\s+")).stream().distinct().toList());
  }
}
