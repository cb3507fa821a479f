package io.rowhook.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.template.jslt.JsltTemplate;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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

  private static List<String> uses(String text) throws TemplateException {
    return TemplateReads.uses(JsltTemplate.compile("Order.jslt", Map.of("Order.jslt", text)))
        .stream()
        .map(use ->
            "%s <- %s%s%s"
                .formatted(
                    use.key(),
                    String.join(".", use.path()),
                    use.whole() ? "" : " (looked at)",
                    use.except().isEmpty() ? "" : " without " + new TreeSet<>(use.except())))
        .toList();
  }

  @Test
  void eachKeyIsMadeOfWhatLeadsToIt() throws TemplateException {
    assertThat(uses("{ \"no\": .data.id, \"who\": { \"name\": .data.customer.name } }"))
        .containsExactly("no <- data.id", "who.name <- data.customer.name");
    assertThat(uses("{ \"pos\": [for (.data.lines) { \"sku\": .sku } if (.quantity > 0)] }"))
        .containsExactlyInAnyOrder(
            "pos <- data.lines (looked at)",
            "pos[].sku <- data.lines.[].sku",
            "pos[] <- data.lines.[].quantity");
    assertThat(uses("let c = .data.customer { \"n\": $c.name, \"all\": $c }"))
        .containsExactly("n <- data.customer.name", "all <- data.customer");
  }

  @Test
  void whatIsMadeOfAVariableIsMadeOfWhatThatIsMadeOf() throws TemplateException {
    assertThat(uses("let sum = .data.net + .data.tax { \"sum\": $sum, \"no\": .data.id }"))
        .containsExactly("sum <- data.net", "sum <- data.tax", "no <- data.id");
    assertThat(uses("let unused = .data.net { \"no\": .data.id }"))
        .containsExactly("no <- data.id");
    assertThat(uses("def cents(a) round($a * 100) { \"sum\": cents(.data.net) }"))
        .containsExactly("sum <- data.net");
  }

  @Test
  void aConditionIsOfTheKeyThatItDecides() throws TemplateException {
    assertThat(uses("{ \"x\": if (.data.paid) .data.total else .data.due }"))
        .containsExactly("x <- data.paid (looked at)", "x <- data.total", "x <- data.due");
  }

  @Test
  void whatIsTakenOverWithoutANameIsKnownByItsPlace() throws TemplateException {
    assertThat(uses(".data")).containsExactly(" <- data");
    assertThat(uses("{ \"data\": { \"id\": .data.no, * - secret : . } }"))
        .containsExactly("data.id <- data.no", "data <- data without [id, secret]");
  }
}
