package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every bad setting is refused with the whole sentence that is written here. */
class BadSettingsTest {

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> source() {
    String file = "config/source.properties";
    return Stream.of(
        bad("missing", d -> d.delete(file), file + ": the file is missing. Create it."),
        bad(
            "empty",
            d -> d.write(file, "# nothing yet\n"),
            file
                + ": the file is empty. Write the source's database.hostname, database.port,"
                + " database.user, database.password and database.dbname."),
        bad(
            "key twice",
            d -> d.write(file, "database.user=a\n\n# again\ndatabase.user=b\n"),
            file + ":4:1: database.user is given twice, first in line 1. Keep one of them."),
        bad(
            "missing environment variable",
            d -> d.write(file, "database.user=erp\ndatabase.password=${env:PGPASSWORD}\n"),
            file
                + ":2:1: database.password needs the environment variable PGPASSWORD, which is not"
                + " set. Set it for this process, or write ${file:...} in its place."),
        bad(
            "missing file",
            d -> d.write(file, "database.password=${file:/no/such/file}\n"),
            file
                + ":1:1: database.password needs the file /no/such/file, which is not there."
                + " Create it, or correct the path."),
        bad(
            "relative file",
            d -> d.write(file, "database.password=${file:secret}\n"),
            file
                + ":1:1: database.password needs the file secret, whose path is not absolute."
                + " Write it from the root: /..."),
        bad(
            "unknown reference",
            d -> d.write(file, "database.password=${PGPASSWORD}\n"),
            file
                + ":1:1: database.password has a ${...} that is neither ${env:NAME} nor"
                + " ${file:/path}. Write one of these. Write $${ for a literal ${."),
        bad(
            "open reference",
            d -> d.write(file, "database.password=${env:PG\n"),
            file
                + ":1:1: database.password has a ${ without its }. Close it."
                + " Write $${ for a literal ${."),
        bad(
            "half a unicode escape",
            d -> d.write(file, "database.user=C:\\users\n"),
            file
                + ":1:1: a \\u in a properties file needs four hex digits. Write \\\\ for a"
                + " backslash."));
  }

  @TestFactory
  Stream<DynamicTest> entities() {
    String file = "config/entities.yaml";
    return Stream.of(
        bad("missing", d -> d.delete(file), file + ": the file is missing. Create it."),
        bad(
            "no table",
            d -> d.entities("Article:\n  id: sku\n"),
            file + ":2:3: table is missing in Article. Add it."),
        bad(
            "bad name",
            d -> d.entities("order_item:\n  table: sales.order_item\n"),
            file
                + ":1:1: an entity's name must be a capital letter, then letters and digits, 63 at"
                + " most, got: order_item. Write for example Article."),
        bad(
            "entity twice",
            d -> d.entities("Article:\n  table: a\nArticle:\n  table: b\n"),
            file + ":3:1: Article is given twice, first in line 1. Keep one of them."),
        bad(
            "an entity that Rowhook has itself",
            d -> d.entities("Article:\n  table: a\nRowhook:\n  table: b\n"),
            file
                + ":3:1: Rowhook is the name of what Rowhook tells of itself, and cannot be an entity's."
                + " Rename it."),
        bad(
            "entities that differ in case",
            d -> d.entities("Article:\n  table: a\nARTICLE:\n  table: b\n"),
            file
                + ":3:1: ARTICLE and Article differ only in case, which topics do not show. Rename"
                + " one."),
        bad(
            "two entities of one table",
            d -> d.entities("Article:\n  table: article\nProduct:\n  table: public.article\n"),
            file
                + ":4:10: Product.table is already the table of Article, got: public.article."
                + " Take one of the two out, or give each a where."),
        bad(
            "bad table",
            d -> d.entities("Article:\n  table: erp.public.article\n"),
            file
                + ":2:10: Article.table must be a table, written schema.table, got:"
                + " erp.public.article. Write schema.table as the catalog spells them; a name with a"
                + " full stop in double quotes: '\"my.schema\".article'."),
        bad(
            "half a quoted table",
            d -> d.entities("Article:\n  table: public.\"Article\n"),
            file
                + ":2:10: Article.table must be a table, written schema.table, got:"
                + " public.\"Article. Write schema.table as the catalog spells them; a name with a"
                + " full stop in double quotes: '\"my.schema\".article'."),
        bad(
            "excluded id",
            d -> d.entities("Article:\n  table: a\n  id: [sku]\n  attributes: {exclude: [sku]}\n"),
            file
                + ":4:15: Article.attributes.exclude names sku, which is its id or key, or orders"
                + " it. Take one of them out."),
        bad(
            "column twice",
            d -> d.entities("Article:\n  table: a\n  id: [sku, sku]\n"),
            file + ":2:3: Article.id names sku twice. Take one out."),
        bad(
            "part's name",
            d -> d.entities("Order:\n  table: o\n  contains:\n    a.b: {table: l, key: k}\n"),
            file
                + ":4:5: an attribute's name must be a letter, then letters, digits and _, 63 at"
                + " most, got: a.b. Write for example lines."),
        bad(
            "part without a key",
            d -> d.entities("Order:\n  table: o\n  contains:\n    lines: {table: l}\n"),
            file + ":4:12: key is missing in Order.contains.lines. Add it."),
        bad(
            "part in its own table",
            d -> d.entities("Order:\n  table: o\n  contains:\n    lines: {table: o, key: k}\n"),
            file
                + ":4:20: Order.contains.lines.table is already the table of Order, got: public.o."
                + " Take one out, or give each a where."),
        bad(
            "part of a part of a part",
            d ->
                d.entities(
                    """
                    Order:
                      table: o
                      contains:
                        a:
                          table: a
                          key: k
                          contains:
                            b: { table: b, key: k, contains: { c: { table: c, key: k } } }
                    """),
            file
                + ":8:32: Order.contains.a.contains.b.contains is not a key that Rowhook knows."
                + " Known here: table, key, prefix, order-by, attributes, where, refers."),
        bad(
            "part and reference of one name",
            d ->
                d.entities(
                    """
                    Order:
                      table: o
                      contains: { x: { table: l, key: k } }
                      refers: { x: { table: c, key: k } }
                    """),
            file + ":2:3: Order contains and refers both name x. Rename one of them."),
        bad(
            "excluded key of a part",
            d ->
                d.entities(
                    """
                    Order:
                      table: o
                      contains: { x: { table: l, key: k, attributes: { exclude: k } } }
                    """),
            file
                + ":3:50: Order.contains.x.attributes.exclude names k, which is its id or key, or"
                + " orders it. Take one of them out."),
        bad(
            "include and exclude",
            d -> d.entities("Order:\n  table: o\n  attributes: { include: a, exclude: b }\n"),
            file + ":3:15: Order.attributes has include and exclude. Write only one of the two."),
        bad(
            "condition that looks at other rows",
            d -> d.entities("Order:\n  table: o\n  where: id IN (SELECT 1)\n"),
            file
                + ":3:10: Order.where must be a condition on the row's own columns, always the same"
                + " for the same row, so without SELECT, got: id IN (SELECT 1). Write a condition as"
                + " it may stand in a CHECK of the table: company_id = 1 AND active."),
        bad(
            "condition that ends itself",
            d -> d.entities("Order:\n  table: o\n  deleted: \"a) OR (b\"\n"),
            file
                + ":3:12: Order.deleted must have a ( for each ), got: a) OR (b. Write a condition"
                + " as it may stand in a CHECK of the table: company_id = 1 AND active."),
        bad(
            "two columns with a prefix",
            d ->
                d.entities(
                    "Order:\n  table: o\n  refers: { x: { table: c, key: [a, b], prefix: 'c,' } }\n"),
            file
                + ":3:16: Order.refers.x has a prefix and a key of 2 columns. Only one column can"
                + " have a prefix."),
        bad(
            "ordered twice",
            d ->
                d.entities(
                    "Order:\n  table: o\n  contains: { x: { table: c, key: a, order-by: [n, n desc] } }\n"),
            file + ":3:18: Order.contains.x orders by n twice. Take one of them out."));
  }

  @TestFactory
  Stream<DynamicTest> rowhook() {
    String file = "config/rowhook.yaml";
    return Stream.of(
        bad(
            "unknown key",
            d -> d.write(file, "jurnal: x.db\n"),
            file + ":1:1: jurnal is not a key that Rowhook knows. Did you mean journal?"),
        bad(
            "retention without unit",
            d -> d.write(file, "retention: 10\n"),
            file
                + ":1:12: retention must be a duration: a whole number and a unit, got: 10. Write"
                + " for example 500ms, 5s, 10m, 1h or 10d."),
        bad(
            "retention of nothing",
            d -> d.write(file, "retention: 0d\n"),
            file
                + ":1:12: retention must be from 1m to 3650d, got: 0d. Write a duration in"
                + " between."),
        bad(
            "journal in a watched directory",
            d -> d.write(file, "journal: " + d.config().resolve("journal.db") + "\n"),
            file
                + ":1:10: journal must not be inside config, which is watched, got:"
                + " config/journal.db. Write for example rowhook-data/journal.db."),
        bad(
            "misspelt file",
            d -> d.write("config/rowhook.yml", "retention: 1d\n"),
            "config/rowhook.yml: nothing reads a file of this name. Did you mean rowhook.yaml?"));
  }

  @Test
  void reportsAllProblemsOfAllFilesTogether() {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .entities("Article:\n  tabel: a\n")
            .shop("url: shop\nprocessing: sequential\njobs: 0\n")
            .write("config/recipients/stock.yaml", "timeout: soon\n")
            .delete("config/source.properties");
    assertThat(directory.problems())
        .containsExactly(
            "config/source.properties: the file is missing. Create it.",
            "config/entities.yaml:2:3: Article.tabel is not a key that Rowhook knows. Did you mean"
                + " table?",
            "config/entities.yaml:2:3: table is missing in Article. Add it.",
            "config/recipients/shop.yaml:1:6: url must begin with https://, got: shop. Write for"
                + " example https://shop.example.com/hook.",
            "config/recipients/shop.yaml:3:7: jobs must be a whole number from 1 to 1000, got: 0."
                + " Write for example 1.",
            "config/recipients/shop.yaml:3:7: jobs is for processing: parallel only; sequential has"
                + " always one. Take it out, or write processing: parallel.",
            "config/recipients/stock.yaml:1:1: url is missing. Add it.",
            "config/recipients/stock.yaml:1:10: timeout must be a duration: a whole number and a"
                + " unit, got: soon. Write for example 500ms, 5s, 10m, 1h or 10d.");
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    SettingsDirectory directory = new SettingsDirectory(temp);
    SettingsDirectory other = new SettingsDirectory(temp.resolve("other"));
    other.delete("config/recipients/shop.yaml").delete("config/recipients");
    other.delete("config/source.properties").delete("config/entities.yaml").delete("config");
    assertThat(other.problems())
        .containsExactly(
            "config: the directory is missing. Create it, or name another with --config.");
    assertThat(directory.root).isDirectory();
  }

  @Test
  void aFloodOfProblemsIsCounted() {
    StringBuilder many = new StringBuilder(SettingsDirectory.GOOD_RECIPIENT);
    for (int i = 0; i < 150; i++) {
      many.append("zzzzzzz").append(i).append(": 1\n");
    }
    assertThat(new SettingsDirectory(temp).shop(many.toString()).problems())
        .hasSize(101)
        .endsWith("There are 50 more problems.");
  }

  private DynamicTest bad(String name, Consumer<SettingsDirectory> breakIt, String problem) {
    return SettingsDirectory.bad(temp, name, breakIt, problem);
  }
}
