package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a table by itself tells of what it is. Pure. */
final class TableTraits {

  private TableTraits() {}

  static String last(List<String> words, int many) {
    return words.size() < many
        ? ""
        : String.join("_", words.subList(words.size() - many, words.size()));
  }

  /**
   * Whether it only links two others: its key is made of foreign keys, or it has nothing but them
   * and a number.
   */
  static boolean isLink(Table table) {
    List<ForeignKey> held =
        table.foreignKeys().stream().filter(key -> table.key().containsAll(key.columns())).toList();
    Set<String> columns = columns(held);
    if (held.size() >= 2 && columns.containsAll(table.key())) {
      return true;
    }
    Set<String> foreign = columns(table.foreignKeys());
    foreign.addAll(table.key());
    return columns(table.foreignKeys()).size() >= 2
        && table.columns().stream()
            .allMatch(column ->
                foreign.contains(column.name())
                    || Columns.hidden(table, column) == Columns.Hidden.auditing);
  }

  /** Whether a number says which row of another table, and no key of which: a line's document. */
  static boolean namesUnknown(Table table) {
    return table.columns().stream()
        .anyMatch(column ->
            column.kind().equals("number")
                && column.name().toLowerCase(Locale.ROOT).endsWith("_id")
                && !table.key().contains(column.name())
                && !Columns.isForeign(table, column));
  }

  /** Whether no other foreign key has a column before this one's. */
  static boolean isFirst(Table table, ForeignKey key) {
    Set<String> foreign = columns(table.foreignKeys());
    return table.columns().stream()
        .map(Column::name)
        .filter(foreign::contains)
        .findFirst()
        .filter(key.columns()::contains)
        .isPresent();
  }

  private static Set<String> columns(List<ForeignKey> keys) {
    Set<String> columns = new HashSet<>();
    keys.forEach(key -> columns.addAll(key.columns()));
    return columns;
  }

  private static final Pattern QUANTITY =
      Pattern.compile(".*(qty|quantity|quantite|cantidad|menge|anzahl|antal|aantal|quantita).*");

  private static final Pattern PRICE =
      Pattern.compile(
          ".*(price|cost|amount|total|preis|betrag|prix|montant|precio|importe|pvp|pris|beloeb|prijs|bedrag|prezzo|importo).*");

  private static final Pattern AMOUNT =
      Pattern.compile(
          ".*(amount|debit|credit|betrag|soll|haben|montant|importe|debe|haber|beloeb|bedrag|importo).*");

  private static final Pattern VISIT =
      Pattern.compile(
          "ip|ip_?address|browser|user_?agent|referr?er|visit_?id|is_?mobile|fingerprint");

  /** So many such columns are no document's remark of where it came from. */
  private static final int VISITED = 3;

  private static final Set<String> PLACES =
      Set.of("server", "host", "hostname", "port", "protocol", "endpoint", "proxy");

  private static final Set<String> PROVIDERS = Set.of("provider", "uid");

  static boolean hasQuantity(Table table) {
    return hasNumber(table, QUANTITY);
  }

  static boolean hasPrice(Table table) {
    return hasNumber(table, PRICE);
  }

  static boolean hasAmount(Table table) {
    return hasNumber(table, AMOUNT);
  }

  private static boolean hasNumber(Table table, Pattern name) {
    return table.columns().stream()
        .anyMatch(column ->
            column.kind().equals("number")
                && !Columns.isForeign(table, column)
                && name.matcher(column.name().toLowerCase(Locale.ROOT)).matches());
  }

  /** Whether the last word, or two of them, name a business object; a part's word only alone. */
  static boolean isTelling(List<String> stems) {
    int heads = stems.size();
    while (heads > 1 && Vocabulary.HEADS.contains(stems.get(heads - 1))) {
      heads--;
    }
    return names(stems) || names(stems.subList(0, heads));
  }

  private static boolean names(List<String> stems) {
    String last = last(stems, 1);
    return (Vocabulary.business(last) && (stems.size() == 1 || !Vocabulary.PARTS.contains(last)))
        || Vocabulary.business(last(stems, 2));
  }

  /**
   * Whether it holds how to reach another program: where it is and what it wants to know, or, of an
   * account, just the latter.
   */
  static boolean isConnection(Table table, List<String> stems) {
    boolean secret = table.columns().stream().anyMatch(column -> Secrets.isSecret(table, column));
    boolean account = last(stems, 1).equals("account") && stems.size() > 1;
    return secret
        && table.columns().stream()
            .map(Column::name)
            .map(name -> name.toLowerCase(Locale.ROOT))
            .anyMatch(name -> PLACES.contains(name) || (account && PROVIDERS.contains(name)));
  }

  /** Whether a row is what somebody did in a browser. */
  static boolean isVisit(Table table) {
    return table.columns().stream()
            .filter(column -> VISIT.matcher(column.name().toLowerCase(Locale.ROOT)).matches())
            .count()
        >= VISITED;
  }

  /** Whether a row says when a program has to run. */
  static boolean isSchedule(Table table) {
    return table.columns().stream()
        .anyMatch(column -> Columns.split(column.name()).contains("cron"));
  }

  static boolean isFile(List<String> stems) {
    return !stems.isEmpty() && Vocabulary.FILES.contains(stems.getFirst());
  }

  /** How many others a row is deleted with: with two it only joins them. */
  static long cascades(Table table) {
    return table.foreignKeys().stream()
        .filter(ForeignKey::cascades)
        .map(ForeignKey::table)
        .distinct()
        .count();
  }
}
