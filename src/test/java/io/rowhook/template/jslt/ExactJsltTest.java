package io.rowhook.template.jslt;

import static io.rowhook.template.TemplateRegistryTest.compile;
import static io.rowhook.template.TemplateRegistryTest.event;
import static io.rowhook.template.TemplateRegistryTest.quoted;
import static io.rowhook.template.TemplateRegistryTest.render;
import static io.rowhook.template.TemplateRegistryTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.entity.Event;
import io.rowhook.template.Template;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers, times and places as JSLT alone does not have them. */
class ExactJsltTest {

  /** Neither through a double, nor through the low 64 bits. */
  @Test
  @Tag("feature-11")
  void numbersAreComparedExactly() throws Exception {
    String data =
        "{'data':{'a':9007199254740993,'b':9007199254740992,'c':18446744073709551617,'d':1,"
            + "'e':0.10000000000000000001,'f':0.1,'g':12.50,'t':'x'}}";
    assertThat(
            render(
                "[.data.a == .data.b, .data.a != .data.b, .data.a > .data.b, .data.b < .data.a,"
                    + " .data.b >= .data.a, .data.a <= .data.b, .data.c == .data.d,"
                    + " .data.e == .data.f, .data.f == 0.1, .data.g == 12.5, .data.d == 1.0,"
                    + " .data.t == 'x', .data.none == null, .data.none < 1]",
                data))
        .isEqualTo("[false,true,true,true,false,false,false,false,true,true,true,true,true,true]");
    assertThat(
            render(
                "def more(x) if ($x > .data.b) 'more' else 'less'\n{'m': more(.data.a), 'l': [for"
                    + " ([.data.a]) . == 9007199254740992]}",
                data))
        .isEqualTo(quoted("{'m':'more','l':[false]}"));
  }

  @Test
  @Tag("feature-11")
  void numbersInTextHaveNoExponent() throws Exception {
    assertThat(
            render(
                "['' + .data.a, .data.b + '', string(.data.a), join([.data.a, .data.c], ' '),"
                    + " '' + (.data.c * 1), 'x' + 7, replace(.data.b, '0', '')]",
                "{'data':{'a':0.00000001,'b':1000000000.50,'c':123456789012.5}}"))
        .isEqualTo(
            quoted(
                "['0.00000001','1000000000.50','0.00000001','0.00000001 123456789012.5',"
                    + "'123456789012.5','x7','1.5']"));
  }

  @Test
  @Tag("feature-11")
  void timesKeepTheirMicroseconds() throws Exception {
    String format = "\"yyyy-MM-dd HH:mm:ss.SSSSSS\"";
    Event event = event(quoted("{'data':{'at':'2026-05-24 15:20:44.123456'}}"));
    Template set =
        compile(
            ("{'n': parse-time(.data.at, F), 'again': format-time(parse-time(.data.at, F), F),"
                    + " 'millis': format-time(parse-time(.data.at, F), G), 'none':"
                    + " parse-time('no.time', F, null)}")
                .replace('\'', '"')
                .replace("F", format)
                .replace("G", "\"HH:mm:ss,SSS\""));
    assertThat(text(set.render(event)))
        .isEqualTo(
            quoted(
                "{'n':1779636044.123456,'again':'2026-05-24 15:20:44.123456',"
                    + "'millis':'15:20:44,123','none':null}"));
  }

  /** JSLT's own functions know no place. */
  @Test
  @Tag("feature-13")
  void whatAFunctionRefusesHasItsPlace() {
    assertThatThrownBy(() -> render("{\n  'a': size(.data)\n}", "{'data':7}"))
        .hasMessageStartingWith("t.jslt:2:8: Function size()");
    assertThatThrownBy(() -> render("def f(x)\n  decimal-add($x, 'y')\n{'a': f(1)}", "{}"))
        .hasMessageStartingWith("t.jslt:2:3: decimal-add() second argument must be a number");
  }

  /** What cannot repeat itself needs no thread of its own, which costs more than it does. */
  @Test
  void whatEndsSoonIsKnown() throws Exception {
    for (String text :
        List.of(
            ".data.stock >= 5 and .data.stock < 10 and .data.active",
            "not(contains(.data.state, ['a', 'b'])) or .previous.state != 'x'",
            "{'sku': .data.sku, 'title': .data.name + ' (' + .data.sku + ')', * : .}",
            "{'lines': [for (.data.lines) {'no': .no, 'tags': [for (.tags) uppercase(.)]}]}",
            "mod(.data.id, 500) == 7 and sum(.data.parts) < max(.data.a, 3)",
            "fallback(.data.a, .data.b, 'none')")) {
      assertThat(JsltTemplate.compile("t.jslt", Map.of("t.jslt", quoted(text))).endsSoon())
          .as(text)
          .isTrue();
    }
    for (String text :
        List.of(
            "test(.data.sku, 'a*')",
            "let a = .data.x + .data.x {'a': $a + $a}",
            "def f(x) f($x) f(.)",
            "[for ([1, 2, 3]) [for ([1, 2, 3]) .]]",
            "[for (.data.a + .data.b) .]",
            "{for (.data) .key : .value}",
            ".data.text * 1000000",
            "join(.data.parts, .data.text)")) {
      assertThat(JsltTemplate.compile("t.jslt", Map.of("t.jslt", quoted(text))).endsSoon())
          .as(text)
          .isFalse();
    }
  }
}
