package io.rowhook.capture;

/** A table of the source, by schema and name as the catalog spells them. */
public record TableId(String schema, String name) implements Comparable<TableId> {

  /**
   * Reads {@code schema.table}; without a schema it is {@code public}.
   *
   * @throws IllegalArgumentException where it is neither
   */
  public static TableId parse(String text) {
    int dot = text.indexOf('.');
    String schema = dot < 0 ? "public" : text.substring(0, dot);
    String name = text.substring(dot + 1);
    if (schema.isBlank() || name.isBlank() || name.indexOf('.') >= 0) {
      throw new IllegalArgumentException("a table is written schema.table, got: " + text);
    }
    return new TableId(schema, name);
  }

  /** {@code "schema"."table"}, for a statement. */
  public String quoted() {
    return quote(schema) + "." + quote(name);
  }

  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  @Override
  public int compareTo(TableId other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
