package io.rowhook.template.jslt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What comes out of a template is known from its text as far as it says it. */
class OutputSchemaTest {

  private static final String EVENT =
      """
      {"type":"object","additionalProperties":false,"required":["data","event"],"properties":{
        "event":{"enum":["Created","Updated"]},
        "data":{"type":"object","additionalProperties":false,"required":["id","name","lines"],"properties":{
          "id":{"type":"integer"},
          "name":{"type":["string","null"]},
          "price":{"anyOf":[{"type":"number"},{"enum":["NaN"]},{"type":"null"}]},
          "customer":{"type":["object","null"],"additionalProperties":false,"required":["mail"],
            "properties":{"mail":{"type":"string"}}},
          "lines":{"type":"array","items":{"type":"object","additionalProperties":false,
            "required":["n"],"properties":{"n":{"type":"integer"},"sku":{"type":"string"}}}}}}}}
      """;

  private static String of(String template) throws Exception {
    return of(template, Map.of());
  }

  private static String of(String template, Map<String, String> more) throws Exception {
    Map<String, String> files = new java.util.TreeMap<>(more);
    files.put("t.jslt", template);
    ObjectNode input = (ObjectNode) Json.MAPPER.readTree(EVENT);
    ObjectNode schema = OutputSchema.of(JsltTemplate.compile("t.jslt", files).expression(), input);
    assertThat(input).as("is not changed").isEqualTo(Json.MAPPER.readTree(EVENT));
    return schema.toString();
  }

  private static String object(String properties, String required) {
    return "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        + properties
        + "},\"required\":["
        + required
        + "]}";
  }

  @Test
  void valuesOfTheEventKeepTheirTypes() throws Exception {
    assertThat(of("{\"id\": .data.id, \"mail\": .data.customer.mail, \"no\": .data.nothing}"))
        .isEqualTo(
            object(
                "\"id\":{\"type\":\"integer\"},\"mail\":{\"type\":[\"string\",\"null\"]},"
                    + "\"no\":{\"type\":\"null\"}",
                "\"id\",\"mail\",\"no\""));
    assertThat(of("let d = .data {\"n\": $d.name, \"v\": 1, \"e\": .event}"))
        .isEqualTo(
            object(
                "\"n\":{\"type\":[\"string\",\"null\"]},\"v\":{\"const\":1},"
                    + "\"e\":{\"enum\":[\"Created\",\"Updated\"]}",
                "\"n\",\"v\",\"e\""));
  }

  @Test
  void loopsBranchesAndFunctionsAreFollowed() throws Exception {
    assertThat(of("{\"l\": [for (.data.lines) {\"s\": .sku}]}"))
        .isEqualTo(
            object(
                "\"l\":{\"type\":\"array\",\"items\":"
                    + object("\"s\":{\"type\":[\"string\",\"null\"]}", "\"s\"")
                    + "}",
                "\"l\""));
    assertThat(of("if (.event == \"Created\") \"new\" else .data.id"))
        .isEqualTo("{\"anyOf\":[{\"const\":\"new\"},{\"type\":\"integer\"}]}");
    assertThat(of("def twice(x) $x + \" and \" + $x  {\"t\": twice(.data.id)}"))
        .isEqualTo(object("\"t\":{\"type\":\"string\"}", "\"t\""));
    assertThat(of("import \"lib/m.jslt\" as m {\"t\": m(.data)}", Map.of("lib/m.jslt", ".name")))
        .isEqualTo(object("\"t\":{\"type\":[\"string\",\"null\"]}", "\"t\""));
    assertThat(of("fallback(.data.name, \"none\")"))
        .isEqualTo("{\"anyOf\":[{\"type\":\"string\"},{\"const\":\"none\"}]}");
    assertThat(
            of(
                "{\"u\": uppercase(.data.name), \"b\": .data.id > 3, \"d\": decimal-add(.data.id, 1)}"))
        .isEqualTo(
            object(
                "\"u\":{\"type\":[\"string\",\"null\"]},\"b\":{\"type\":\"boolean\"},"
                    + "\"d\":{\"type\":\"number\"}",
                "\"u\",\"b\",\"d\""));
  }

  @Test
  void whatIsTakenOverIsSaidAndWhatCannotBeKnownIsAnything() throws Exception {
    assertThat(of("{\"data\": {\"id\": 0, * - name, lines, price, customer : .}}"))
        .isEqualTo(object("\"data\":" + object("\"id\":{\"const\":0}", "\"id\""), "\"data\""));
    assertThat(of("{\"x\": from-json(.data.name), \"y\": .data.id - 1}"))
        .isEqualTo(object("\"x\":{},\"y\":{}", "\"x\",\"y\""));
    assertThat(of("{for (.data.lines) string(.n) : .sku}"))
        .isEqualTo(
            "{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"null\"]}}");
    assertThat(of("def f(x) if ($x) f($x.a) else 1  f(.data)")).isEqualTo("{}");
  }
}
