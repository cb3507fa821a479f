package io.rowhook.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.template.jslt.JsltTemplate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a template reads, found without an event. */
class TemplateReadsTest {

  private static List<String> reads(String text, String... library) throws TemplateException {
    Map<String, String> files =
        library.length == 0
            ? Map.of("Order.jslt", text)
            : Map.of("Order.jslt", text, "lib/x.jslt", library[0]);
    return TemplateReads.of(JsltTemplate.compile("Order.jslt", files)).stream()
        .map(path -> String.join(".", path))
        .toList();
  }

  @Test
  void pathsAreFollowedWhereverTheyStand() throws TemplateException {
    assertThat(reads("{ \"a\": .data.customer.name, \"b\": if (.previous.status) .changed }"))
        .contains("data.customer.name", "previous.status", "changed");
    assertThat(reads("[for (.data.lines) { \"sku\": .sku, \"m\": .article.name }]"))
        .contains("data.lines", "data.lines.[].sku", "data.lines.[].article.name");
    assertThat(reads("let c = .data.customer { \"n\": $c.name, \"f\": .data.lines[0].sku }"))
        .contains("data.customer.name", "data.lines.[].sku");
    assertThat(reads("def one(o) $o.total + .data.tax  { \"t\": one(.data) }"))
        .contains("data.total", "data.tax");
    assertThat(reads("{ \"n\": .data.total > 5 and not(.data.paid), \"k\": \"x\" + .data.code }"))
        .contains("data.total", "data.paid", "data.code");
    assertThat(reads("import \"lib/x.jslt\" as x { \"d\": x(.data) }", "{ \"v\": .vat }"))
        .contains("data.vat");
    assertThat(reads("{ \"k\": {for (.data) .key : .value} }")).contains("data.[].key");
  }

  @Test
  void whatCannotBeKnownIsLeftOut() throws TemplateException {
    assertThat(reads("let j = from-json(.data.json) { \"x\": $j.inner, \"customer\": { * : . } }"))
        .contains("data.json")
        .noneMatch(path -> path.endsWith("inner") || path.equals("customer"));
    assertThat(reads("def deep(o) deep($o.a)  { \"d\": deep(.data) }")).contains("data.a");
  }
}
