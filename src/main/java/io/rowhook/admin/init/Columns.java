package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a column's name and type tell of it. Pure. */
final class Columns {

  /** Why a column is not sent. */
  enum Hidden {
    secret,
    binary,
    auditing,
    personal
  }

  /** What a row is told by where nothing else tells. */
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          "description",
          "descripcion",
          "beschreibung",
          "beskrivelse",
          "omschrijving",
          "descrizione",
          "descricao",
          "libelle",
          "denominacion");

  /** What has a code or a name that tells of something else: an error's code. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "error",
          "country",
          "currency",
          "language",
          "zip",
          "postal",
          "post",
          "state",
          "status",
          "response",
          "reason",
          "gateway",
          "phone",
          "fax",
          "plugin");

  /** How a text ranks that no two rows share, unless it is a program's key. */
  private static final int UNIQUE = 50;

  private static final Set<String> TECHNICAL = Set.of("id", "uid", "uuid", "guid", "key", "hash");

  private static final int MOST_TELLING = 4;

  private static final String VERB =
      "(create|created|creation|update|updated|write|modify|modified|modification|change|changed|edit|edited|insert|inserted|entered|delete|deleted|added|saved|locked)";

  private static final Pattern AUDITING =
      Pattern.compile(
          "(row)?(last)?%s(at|on|by|date|time|ts|tstz|timestamp|uid|user|username|datetime|dt|(by|user|uid)id|utc)+|(date|time|last|user|when|who)%s(at|on|by|date|time)*|(angelegt|erstellt|geaendert|geändert|aktualisiert)(am|von|um)|row_?version|lock_?version|xmin"
              .formatted(VERB, VERB));

  private static final Pattern VERB_ALONE = Pattern.compile(VERB);

  private static final Set<String> ORDERS =
      Set.of(
          "line_no",
          "lineno",
          "line_number",
          "linenumber",
          "line_num",
          "line",
          "position",
          "pos",
          "sequence",
          "seq",
          "sequence_number",
          "sort",
          "sort_order",
          "sortorder",
          "sorting",
          "ordinal",
          "rank",
          "item_no",
          "itemno",
          "row_no",
          "rowno",
          "row_number",
          "zeile",
          "zeilennr",
          "posnr",
          "pos_nr",
          "seq_no",
          "seqno",
          "display_order",
          "ordering",
          "idx");

  private Columns() {}

  static boolean isForeign(Table table, Column column) {
    return table.foreignKeys().stream().anyMatch(key -> key.columns().contains(column.name()));
  }

  /** Why a column should not be sent; null: it should. */
  static @org.jspecify.annotations.Nullable Hidden hidden(Table table, Column column) {
    String name = String.join("_", split(column.name()));
    String joined = name.replace("_", "");
    boolean timed = column.kind().equals("time");
    if (AUDITING.matcher(joined).matches() || (timed && VERB_ALONE.matcher(joined).matches())) {
      return Hidden.auditing;
    }
    if (isForeign(table, column)) {
      return null;
    }
    if (column.kind().equals("bytea")) {
      return Hidden.binary;
    }
    if (Secrets.isSecret(table, column)) {
      return Hidden.secret;
    }
    return PersonalData.isPrivate(table, column) ? Hidden.personal : null;
  }

  /** In small letters, apart at {@code _} and capitals. */
  static List<String> split(String name) {
    return List.of(
        name.replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", "_")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}]+", "_")
            .split("_"));
  }

  /** The columns by which a person knows a row of it; at most four, in the table's order. */
  static List<String> telling(Table table) {
    List<Column> shown =
        table.columns().stream()
            .filter(column -> !column.generated() && hidden(table, column) == null)
            .filter(column -> column.kind().equals("text") || column.kind().equals("number"))
            .filter(column ->
                table.foreignKeys().stream()
                    .noneMatch(key -> key.columns().contains(column.name())))
            .toList();
    List<Column> best =
        shown.stream()
            .filter(column -> rank(table, column) < Integer.MAX_VALUE)
            .sorted(Comparator.comparingInt(column -> rank(table, column)))
            .limit(MOST_TELLING)
            .toList();
    List<String> names = new ArrayList<>();
    for (Column column : shown) {
      if (best.contains(column)) {
        names.add(column.name());
      }
    }
    if (names.isEmpty()) {
      shown.stream()
          .filter(column -> column.kind().equals("text") && isNamedAs(table, column))
          .forEach(column -> names.add(column.name()));
    }
    if (names.isEmpty()) {
      shown.stream()
          .filter(column -> DESCRIPTIONS.contains(split(column.name()).getFirst()))
          .forEach(column -> names.add(column.name()));
    }
    return names;
  }

  /** Whether a person can tell its rows by a name or number, not just by what describes them. */
  static boolean isNamed(Table table) {
    List<String> telling = telling(table);
    return table.columns().stream()
        .filter(column -> telling.contains(column.name()))
        .anyMatch(column -> rank(table, column) < Integer.MAX_VALUE || isNamedAs(table, column));
  }

  /** {@code salutation.salutation}: a list's only column of text is what its rows are called. */
  private static boolean isNamedAs(Table table, Column column) {
    List<String> words = Words.of(table.id().name());
    String last = words.isEmpty() ? "" : words.getLast();
    String name = column.name().toLowerCase(Locale.ROOT);
    return name.equals(table.id().name().toLowerCase(Locale.ROOT)) || name.equals(last);
  }

  /** The smaller, the more telling; a number has to be called one. */
  private static int rank(Table table, Column column) {
    List<String> words = split(column.name());
    boolean unique =
        column.kind().equals("text")
            && table.uniqueKeys().contains(List.of(column.name()))
            && !TECHNICAL.contains(words.getLast());
    return unique ? Math.min(UNIQUE, rank(column, words)) : rank(column, words);
  }

  private static int rank(Column column, List<String> words) {
    if (words.size() > 1 && ELSEWHERE.contains(words.get(words.size() - 2))) {
      return Integer.MAX_VALUE;
    }
    for (int i = 0; i < Vocabulary.TELLING.size(); i++) {
      String telling = Vocabulary.TELLING.get(i);
      boolean whole = String.join("_", words).equals(telling);
      boolean last = words.getLast().equals(telling);
      boolean end = telling.length() > 3 && words.size() == 1 && words.getFirst().endsWith(telling);
      boolean name = telling.equals("name") && column.kind().equals("number");
      if (!name && (whole || last || end)) {
        return whole ? i : 100 + i;
      }
    }
    return Integer.MAX_VALUE;
  }

  /** The column that says in which order parts stand; empty: the key does. */
  static List<String> orders(Table table) {
    return table.columns().stream()
        .filter(column -> column.kind().equals("number") && !column.generated())
        .map(Column::name)
        .filter(name ->
            ORDERS.contains(String.join("_", split(name)))
                && table.foreignKeys().stream().noneMatch(key -> key.columns().contains(name)))
        .limit(1)
        .toList();
  }

  /** Columns of few values by which recipients may choose events. */
  static List<Column> states(Table table) {
    Pattern state = Pattern.compile(".*(state|status|stage|phase|zustand|etat|estado)");
    return table.columns().stream()
        .filter(column -> !column.generated() && hidden(table, column) == null)
        .filter(column -> column.values().size() > 1 && column.values().size() <= 12)
        .filter(column ->
            state.matcher(column.name().toLowerCase(Locale.ROOT)).matches() || isEnum(column))
        .toList();
  }

  /** Whether a text's type is none of PostgreSQL's own. */
  static boolean isEnum(Column column) {
    return column.type().indexOf(' ') < 0
        && !Set.of("text", "character", "\"char\"", "citext", "name").contains(column.type())
        && !column.type().startsWith("character");
  }

  /** The condition under which a row counts as deleted; empty: none is known. */
  static String deleted(Table table) {
    return deletion(table, " IS NOT NULL", "");
  }

  /** The condition under which it does not; empty: none is known. */
  static String there(Table table) {
    return deletion(table, " IS NULL", " IS NOT TRUE");
  }

  private static String deletion(Table table, String ofTime, String ofFlag) {
    for (Column column : table.columns()) {
      String name = String.join("_", split(column.name()));
      String quoted =
          column.name().matches("[a-z_][a-z0-9_]*")
              ? column.name()
              : io.rowhook.capture.TableId.quote(column.name());
      if (column.kind().equals("time") && name.equals("deleted_at") && !column.generated()) {
        return quoted + ofTime;
      }
      if (column.kind().equals("boolean")
          && Set.of("is_deleted", "deleted").contains(name)
          && !column.generated()) {
        return quoted + ofFlag;
      }
    }
    return "";
  }
}
