package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Server;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A catalog written in few lines, one a table: {@code order_line: id* order_id!>>orders price
 * note:text}. {@code *} is of the key, {@code !} not null, {@code >} names the {@code id} of
 * another table, {@code >>} is deleted with it; a column is a number unless its kind follows.
 */
final class CatalogText {

  private static final Pattern COLUMN =
      Pattern.compile("(\\w+)(\\*?)(!?)(?:(>>?)(\\w+))?(?::(\\w+))?(?:=(\\S+))?");

  private CatalogText() {}

  static SourceCatalog of(String text) {
    return new SourceCatalog(
        new Server(17, "logical", Set.of(), Set.of()),
        text.strip().lines().map(CatalogText::table).toList());
  }

  static TableId id(String name) {
    return new TableId("public", name);
  }

  private static Table table(String line) {
    String[] ends = line.split(":", 2);
    List<Column> columns = new ArrayList<>();
    List<String> key = new ArrayList<>();
    List<ForeignKey> foreign = new ArrayList<>();
    for (String word : ends[1].strip().split("\\s+", -1)) {
      Matcher column = COLUMN.matcher(word);
      if (!column.matches()) {
        throw new IllegalArgumentException(word);
      }
      String name = column.group(1);
      String kind = column.group(6) == null ? "number" : column.group(6);
      boolean held = !column.group(2).isEmpty();
      List<String> values =
          column.group(7) == null ? List.of() : List.of(column.group(7).split(",", -1));
      columns.add(
          new Column(name, kind, kind, held || !column.group(3).isEmpty(), false, false, values));
      if (held) {
        key.add(name);
      }
      if (column.group(4) != null) {
        foreign.add(
            new ForeignKey(
                List.of(name), id(column.group(5)), List.of("id"), column.group(4).equals(">>")));
      }
    }
    List<List<String>> keys = key.isEmpty() ? List.of() : List.of(key);
    return new Table(
        id(ends[0].strip()), columns, key, keys, keys, foreign, 10, false, false, false);
  }

  /** Each part, with the entity that it is of: {@code order.order_line}, tables' names. */
  static List<String> parts(Proposal proposal) {
    List<String> parts = new ArrayList<>();
    proposal
        .entities()
        .forEach(
            entity -> entity.parts().forEach(part -> add(entity.table().id().name(), part, parts)));
    return parts;
  }

  private static void add(String owner, Proposal.Part part, List<String> parts) {
    String name = owner + "." + part.table().id().name();
    parts.add(name);
    part.parts().forEach(inner -> add(name, inner, parts));
  }

  static List<String> entities(Proposal proposal) {
    return proposal.entities().stream().map(entity -> entity.table().id().name()).toList();
  }
}
