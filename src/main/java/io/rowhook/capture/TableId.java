package io.rowhook.capture;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table of the source, by schema and name as the catalog spells them. */
public record TableId(String schema, String name) implements Comparable<TableId> {

  private static final String NAME = "((?:\"(?:[^\"]|\"\")+\")|[^.\"]*[^.\"\\s][^.\"]*)";

  /** Two names of 63 quotes each, doubled and quoted, are shorter. */
  private static final int LONGEST = 300;

  private static final Pattern WRITTEN = Pattern.compile("(?:" + NAME + "\\.)?" + NAME);

  /**
   * Reads {@code schema.table} as the catalog spells it; without a schema it is {@code public}. A
   * name with a full stop or a quote in it is written as SQL writes it: {@code
   * "my.schema".article}.
   *
   * @throws IllegalArgumentException where it is neither
   */
  public static TableId parse(String text) {
    Matcher written = WRITTEN.matcher(text);
    if (text.length() > LONGEST || !written.matches()) {
      throw new IllegalArgumentException("a table is written schema.table, got: " + text);
    }
    String schema = written.group(1);
    String table = written.group(2);
    return new TableId(schema == null ? "public" : unquote(schema), unquote(table));
  }

  private static String unquote(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  /** {@code "schema"."table"}, for a statement. */
  public String quoted() {
    return quote(schema) + "." + quote(name);
  }

  public static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  @Override
  public int compareTo(TableId other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return written(schema) + "." + written(name);
  }

  private static String written(String name) {
    return name.indexOf('.') < 0 && name.indexOf('"') < 0 ? name : quote(name);
  }
}
