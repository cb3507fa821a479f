package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells by names which columns hold personal data, in two degrees. Pure. */
final class PersonalData {

  private static final Pattern PERSONAL =
      Pattern.compile(
          ".*(birth|geburt|(^|_)dob($|_)|iban|bank_?acc|bank_?account|bankverbindung|salar|wage|gehalt|(^|_)ssn($|_)|social_?sec|passport|(^|_)(gender|sex)($|_)|religio|marital|ethnic|health|disab|credit_?card|card_?num|national_?id|personal_?id|(^|_)(bic|swift)($|_)|personnummer|(^|_)cpr($|_)|driver_?licen|payroll).*");

  /** How to reach somebody: what a shop needs to deliver, and nobody else. */
  private static final Pattern CONTACT =
      Pattern.compile(
          "(.*_)?(e_?mail|email|phone|telephone|tel|mobile|cell|fax|telefon|telefone|telefono|telefoon|telefax|movil|handy|mobil|correo|courriel"
              + "|street\\d?|street_?\\d|strasse|straße|rue|calle|gade|straat|via|indirizzo|address|adresse|direccion|adres|address_?(line)?_?\\d?|line_(one|two|three|\\d)|addr_?\\d?"
              + "|zip|zip_?code|zipcode|postal_?code|postcode|post_?code|mail_?code|plz|codpostal|cp|postnr|postleitzahl|apartado"
              + "|first_?name|last_?name|given_?name|family_?name|middle_?name|surname|vorname|nachname|prenom|apellidos?|fornavn|efternavn|contact|contact_?name"
              + "|ip|ip_?addr(ess)?|ip_?network|remote_?ip|latitude|longitude"
              + "|(.*_)?emails|tax_?(id|identification|no|number|code)|vat_?(id|no|number)|steuernr|ustid|nif|cif|dni|siret|cvr|fiscal_?code)(_?\\d|_?number|_?no)?");

  /** Tables whose rows are how to reach somebody, or who somebody is, in one column. */
  private static final Set<String> REACHES = Set.of("contact", "phone", "email", "identifier");

  /** Columns that say nothing, so that their table's name has to. */
  private static final Set<String> NAMELESS = Set.of("value", "number", "code");

  private PersonalData() {}

  /** Whether it is too private to be sent unless asked for: health, pay, banking, birth. */
  static boolean isPrivate(Table table, Column column) {
    String name = String.join("_", Columns.split(column.name()));
    String whole = NAMELESS.contains(name) ? of(table) + "_" + name : name;
    return PERSONAL.matcher(whole).matches();
  }

  private static String of(Table table) {
    return String.join("_", Columns.split(table.id().name()));
  }

  /**
   * Columns with personal data that are sent, and should be asked about: how to reach somebody, and
   * what of a key is more private than that.
   *
   * @param needed columns that are sent whatever they hold
   */
  static List<String> asked(Table table, Set<String> needed) {
    return table.columns().stream()
        .filter(column -> !column.generated() && !Columns.isForeign(table, column))
        .filter(column -> {
          Columns.Hidden hidden = Columns.hidden(table, column);
          return hidden == Columns.Hidden.personal
              ? needed.contains(column.name())
              : hidden == null && isContact(table, column);
        })
        .map(Column::name)
        .toList();
  }

  /** How many columns hold personal data of either degree. */
  static long many(Table table) {
    return table.columns().stream()
        .filter(column -> isPrivate(table, column) || isContact(table, column))
        .count();
  }

  private static boolean isContact(Table table, Column column) {
    if (!column.kind().equals("text") && !column.kind().equals("other")) {
      return false;
    }
    String name = String.join("_", Columns.split(column.name()));
    boolean reaches =
        Columns.split(table.id().name()).stream().map(Words::singular).anyMatch(REACHES::contains);
    return CONTACT.matcher(name).matches() || (reaches && NAMELESS.contains(name));
  }
}
