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
          deposit employee entity estimate expense facility good guest inquiry inventory invoice issue item

          job_order journal ledger lead listing location loan machine manufacturer material member
          offer opportunity order organisation organization part partner party patient payment payroll person
          picking policy position product production project property proposal purchase quotation quote receipt
          refund rental request requisition reservation return rma sale shipment shop site stock store
          subscription supplier task tenant ticket timesheet timecard transaction transfer trip unit vehicle
          vendor voucher warehouse workorder lot category discount coupon price_list work_order work
          product_template price_rule pricing_rule bom bill_of_material plan wallet donation claim warranty statement
          debit_note credit_memo debit_memo waybill packing_list packing_slip remittance prepayment overpayment payout
          chargeback dispute mandate guarantee tender bid checkout fulfillment fulfilment gift_card giftcard promotion
          commission royalty dividend settlement reimbursement lease fund investment tariff cost_center cost_centre
          profit_center profit_centre work_center work_centre plant branch office staff equipment dealer distributor
          carrier beneficiary parcel pallet kit receiving price_book pricebook entitlement
          delivery_note dunning expense_report order_form course student move movement payment_request
          product_group price_group item_group part_group article_group product_category item_category
          part_category\
          """);

  /** The same in German, Danish, Dutch, Swedish: what something is stands at a name's end. */
  static final Set<String> GERMANIC =
      words(
          """
          kunde artikel auftrag auftraege rechnung lieferant bestellung angebot lieferschein gutschrift mitarbeiter
          projekt lager vertrag vertraege zahlung buchung produkt beleg konto konten ansprechpartner adresse firma
          firmen mahnung filiale anlage abteilung reklamation retoure personal geraet aufgabe termin hersteller
          ordre faktura leverandoer leverandor vare tilbud medarbejder aftale betaling bilag kontakt ordrer varer
          afdeling klant factuur facturen leverancier offerte medewerker magazijn kund leverantor avtal anstalld\
          """);

  /**
   * The same in Spanish, French, Italian, Portuguese: what something is stands at its beginning.
   */
  static final Set<String> ROMANCE =
      words(
          """
          client commande facture fournisseur produit devis paiement livraison salarie contrat avoir article
          societe entrepot projet compte ecriture adherent dossier reglement employe fabricant
          cliente pedido factura proveedor producto articulo presupuesto pago empleado contrato albaran almacen
          asiento cuenta recibo empresa contacto proyecto tarifa oferta compra venta cobro servicio fabricante marca
          fattura fatture ordine ordini fornitore fornitori prodotto prodotti preventivo preventivi clienti
          articolo articoli magazzino pagamento contratto
          fornecedor produto encomenda fatura armazem funcionario\
          """);

  /** The last word of a part's table: a line of an order. */
  static final Set<String> PARTS =
      words(
          """
          line item detail row entry position pos posten zeile component attribute property value address
          price image picture photo attachment document phone email tag note comment ligne linje linea regel
          element segment step tier option variant serial contact tax discount charge term schedule milestone
          identifier rate version rule linea riga rigo subtotal adjustment metadata fee charge threshold commitment filter
          variante precio imagen direccion telefono tarif prix preis bild anschrift\
          """);

  /** A table whose names hold one of these words is no business object; for which reason. */
  static final Map<String, Set<String>> NO_ENTITIES =
      Map.of(
          "configuration",
          words(
              """
              config configuration setting preference param parameter default menu screen widget dashboard template
              rule format icon button trigger wizard keyword configuracion ajuste preferencia parametro parametre
              layout sequence page printer cache temp tmp backup bak staging feature_flag plugin module extension
              cron macro draft tab query search_profile import_profile export_profile einstellung konfiguration\
              """),
          "sessions",
          words(
              "session login logon visit captcha nonce token cookie remember sitzung sesion login_attempt device attempt"),
          "permissions",
          words(
              """
              permission privilege acl grant role auth authorization oauth user userrole usergroup benutzer
              recht rechte rolle password credential apikey key usuario utilisateur bruger gebruiker utente rol permiso\
              """),
          "history",
          words(
              "history hist audit log changelog version state_change status_change mail_journal email_journal archive archived revision versioning tracking trail historie protokoll historial historique"),
          "translations",
          words("translation i18n l10n locale lang uebersetzung language idioma langue traduccion"),
          "migrations",
          words(
              "migration flyway alembic liquibase databasechangelog databasechangeloglock schema_info schema_version"),
          "queues",
          words(
              "queue outbox inbox worker lock mutex semaphore heartbeat warteschlange pending job_run delayed_job"),
          "interfaces to other programs",
          words(
              """
              webhook hook webhook_endpoint endpoint integration connector mapping notification invite invitation
              export import error exception failure retry sync synchronization feed payment_provider gateway
              payment_gateway identity_provider blob\
              """),
          "figures that are computed",
          words("cached aggregate aggregation statistic stat snapshot kpi report"));

  /** Tables of just this name are a program's own. */
  static final Set<String> OWN = words("template report");

  /** A table whose name begins so holds what belongs to a row, not the row. */
  static final Set<String> FILES = words("file attachment image picture document photo upload");

  /** A last word that says nothing of what a table holds: an order's head is the order. */
  static final Set<String> HEADS =
      words(
          "entry info header head master document doc base main kopf in out internal external incoming outgoing inbound outbound");

  /** The last word of a table of codes, which others are classified by. */
  static final Set<String> CODES =
      words(
          """
          type class status state kind code country currency salutation gender timezone mimetype group level
          region zone language reason priority method mode form uom unit_type art typ land waehrung pais moneda divisa tipo
          estado pays devise monnaie etat valuta nazione provincia forma formato\
          """);

  /**
   * Words of tables that a program has for itself, where most others of the same first word are
   * such.
   */
  static final Set<String> PROGRAM =
      words(
          """
          model action view export import field domain access message calendar day month cron binding
          dependency type value info index task job step group host node instance registry metadata schema\
          """);

  /**
   * Words of those above that say nothing where the name begins with an entity's that the table
   * names.
   */
  static final Set<String> SOFT =
      words("version rule format trigger notification error import export");

  /** Words that make a table the program's settings wherever they stand in its name. */
  static final Set<String> SETTINGS =
      words("config configuration setting plugin configuracion einstellung");

  /** The last word of a line, which always belongs to a document. */
  static final Set<String> LINES =
      words(
          "line item row pos posten position zeile ligne linje linea regel riga detail fee charge adjustment commitment");

  /** The last word of a document: what has lines. */
  static final Set<String> DOCUMENTS =
      words(
          """
          order invoice quote quotation offer transaction journal shipment delivery receipt bill purchase sale
          requisition return receiving fulfillment fulfilment payout reimbursement contract cart basket picking
          estimate proposal request voucher transfer plan
          auftrag bestellung rechnung angebot lieferschein beleg buchung commande facture devis livraison ordre
          faktura tilbud bilag pedido factura presupuesto albaran asiento factuur offerte ordine fattura\
          """);

  /** The last word of what lines name: an article, or an account. */
  static final Set<String> ARTICLES =
      words(
          "product variant sku part article item material good artikel produkt produit producto articulo vare prodotto articolo");

  static final Set<String> ACCOUNTS = words("account chart ledger konto compte cuenta conto");

  /** The last word of who does something: what is done is no part of them. */
  static final Set<String> PEOPLE =
      words(
          "person employee staff user contact agent mitarbeiter personal empleado employe salarie medarbejder");

  /** The last word of what others are sorted by: a link between the two belongs to the other. */
  static final Set<String> CLASSIFIERS =
      words(
          "category tag label tax keyword option value property attribute kategorie categorie file attachment document image media");

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
          "nome");

  private static final List<String> ENDINGS =
      List.of("s", "es", "n", "en", "e", "er", "r", "ne", "nes");

  private Vocabulary() {}

  /** Whether a word, or two of them joined, names a business object. */
  static boolean business(String word) {
    return ENGLISH.contains(word) || foreign(word);
  }

  /** The same in another language. */
  static boolean foreign(String word) {
    return GERMANIC.contains(word) || ROMANCE.contains(word);
  }

  /**
   * A word of another language as it stands above, without the ending of a plural or of a compound;
   * itself where that is not known either.
   */
  static String base(String word) {
    if (!known(word)) {
      for (String ending : ENDINGS) {
        String without =
            word.endsWith(ending) ? word.substring(0, word.length() - ending.length()) : "";
        boolean plural = ending.equals("s") || ending.equals("es");
        if (without.length() > 3
            && known(without)
            && (plural || foreign(without) || !ENGLISH.contains(without))) {
          return without;
        }
      }
    }
    return word;
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
