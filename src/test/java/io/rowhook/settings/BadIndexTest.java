package io.rowhook.settings;

import static io.rowhook.settings.SettingsDirectory.bad;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** An index that cannot be is refused where it stands. */
class BadIndexTest {

  @TestFactory
  List<DynamicTest> refusals(@TempDir Path temp) {
    String file = "config/entities.yaml";
    return List.of(
        bad(
            temp,
            "index of what is not sent",
            d ->
                d.entities(
                    "Article:\n  table: a\n  attributes: {exclude: [sku]}\n  index: [id, sku]\n"),
            file
                + ":4:10: Article.index names sku, which is not sent, so it may not be kept. Take it"
                + " out of index, or send it."),
        bad(
            temp,
            "index of a reference",
            d ->
                d.entities(
                    """
                    Order:
                      table: o
                      refers: { customer: { table: c, key: customer } }
                      index: customer
                    """),
            file
                + ":4:10: Order.index names customer, in whose place a row is sent that it refers to."
                + " Call that reference another name."),
        bad(
            temp,
            "large index",
            d -> d.entities("Order:\n  table: o\n  index: [a, b, c, d, e, f, g, h, i]\n"),
            file
                + ":3:10: Order.index names 9 columns, and 8 are the most. Take out those that nobody"
                + " looks for."));
  }
}
