package io.rowhook.template.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.base.Json;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** XML bodies, read by the JDK's own parser: whatever a value is, they are well-formed. */
@Tag("feature-15")
class XmlBodyWriterTest {

  private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"id":7,"name":"A & B"}           | <Order><id>7</id><name>A &amp; B</name></Order>
          {"n":null}                        | <Order><n nil="true"/></Order>
          {"a":[1,[2,3],{"b":4}],"e":[]}    | <Order><a><item>1</item><item><item>2</item><item>3</item></item><item><b>4</b></item></a><e/></Order>
          {"1st":1,"a b":2,"":3,"x:y":4}    | <Order><entry key="1st">1</entry><entry key="a b">2</entry><entry key="">3</entry><entry key="x:y">4</entry></Order>
          {"xml":1,"XmlThing":2,"<k\\"&>":3} | <Order><entry key="xml">1</entry><entry key="XmlThing">2</entry><entry key="&lt;k&#34;&amp;&gt;">3</entry></Order>
          {"Größe":1,"a-b.c_d":2,"-a":3}    | <Order><entry key="Größe">1</entry><a-b.c_d>2</a-b.c_d><entry key="-a">3</entry></Order>
          {"p":10.50,"big":9223372036854775808,"e":1E+3,"t":true} | <Order><p>10.50</p><big>9223372036854775808</big><e>1000</e><t>true</t></Order>
          {"t":"]]><!-- & --> &amp;"}       | <Order><t>]]&gt;&lt;!-- &amp; --&gt; &amp;amp;</t></Order>
          {"t":"a\\r\\n\\tb","c":"\\u0001x\\ud800\\uffff"} | <Order><t>a&#13;~n~tb</t><c>�x��</c></Order>
          {"t":"😀"}                        | <Order><t>😀</t></Order>
          [1,"a"]                           | <Order><item>1</item><item>a</item></Order>
          "text"                            | <Order>text</Order>
          """)
  void isWrittenAsWireMdSays(String json, String xml) throws Exception {
    JsonNode tree = Json.MAPPER.readTree(json);
    assertThat(new String(XmlBodyWriter.write("Order", tree), StandardCharsets.UTF_8))
        .isEqualTo(HEAD + xml.replace("~n", "\n").replace("~t", "\t"));
  }

  @Test
  void anythingAtAllIsWellFormedAndComesBackAsItWas() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      JsonNode tree = tree(random, 4);
      byte[] xml = XmlBodyWriter.write("Order", tree);
      Element root = parse(xml);
      assertThat(root.getTagName()).isEqualTo("Order");
      assertThat(back(root, tree)).as("seed %d, round %d", seed, i).isEqualTo(carried(tree));
    }
  }

  /** Every character of the first plane, as a text and as a key. */
  @Test
  void everyCharacterPasses() throws Exception {
    for (int page = 0; page <= 0xFF; page++) {
      ObjectNode tree = Json.MAPPER.createObjectNode();
      for (int c = 0; c <= 0xFF; c++) {
        String text = "a" + (char) (page << 8 | c) + "b";
        tree.put(c + text, text);
      }
      Element root = parse(XmlBodyWriter.write("Order", tree));
      assertThat(back(root, tree)).as("U+%02X..", page).isEqualTo(carried(tree));
    }
  }

  private static JsonNode tree(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> NullNode.instance;
      case 1 -> TextNode.valueOf(new java.math.BigDecimal(random.nextLong()).toPlainString());
      case 2, 3 -> TextNode.valueOf(text(random));
      case 4 -> {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (int i = random.nextInt(4); i >= 0; i--) {
          array.add(tree(random, depth - 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = Json.MAPPER.createObjectNode();
        for (int i = random.nextInt(4); i >= 0; i--) {
          object.set(text(random) + i, tree(random, depth - 1));
        }
        yield object;
      }
    };
  }

  private static String text(Random random) {
    String[] hostile = {
      "<",
      ">",
      "&",
      "\"",
      "'",
      "]]>",
      "<!--",
      "<![CDATA[",
      "&#0;",
      "&lt;",
      "\r",
      "\n",
      "\t",
      "\0",
      "\u001f",
      "\u0085",
      "\u2028",
      "\ufeff",
      "\uffff",
      "\ud800",
      "\udc00",
      "\ud83d\ude00",
      "xml",
      ":",
      " ",
      "ä",
      "a",
      "B",
      "7",
      "%",
      "<?pi ?>",
      "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(hostile[random.nextInt(hostile.length)]);
    }
    return text.toString();
  }

  /** What XML 1.0 can carry of a tree. */
  private static JsonNode carried(JsonNode tree) {
    if (tree.isTextual()) {
      return TextNode.valueOf(carried(tree.asText()));
    }
    if (tree.isArray()) {
      ArrayNode array = Json.MAPPER.createArrayNode();
      tree.forEach(item -> array.add(carried(item)));
      return array;
    }
    if (tree.isObject()) {
      ObjectNode object = Json.MAPPER.createObjectNode();
      tree.properties().forEach(e -> object.set(carried(e.getKey()), carried(e.getValue())));
      return object;
    }
    return tree;
  }

  private static String carried(String text) {
    StringBuilder carried = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          boolean can =
              c == '\t'
                  || c == '\n'
                  || c == '\r'
                  || (c >= 0x20 && c <= 0xD7FF)
                  || (c >= 0xE000 && c <= 0xFFFD)
                  || c >= 0x10000;
          carried.appendCodePoint(can ? c : 0xFFFD);
        });
    return carried.toString();
  }

  /** The tree of an element, whose kinds are told by the one that was written. */
  private static JsonNode back(Element element, JsonNode kind) {
    if (element.getAttribute("nil").equals("true")) {
      return NullNode.instance;
    }
    List<Element> children = new ArrayList<>();
    for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element child) {
        children.add(child);
      }
    }
    if (kind.isArray()) {
      ArrayNode array = Json.MAPPER.createArrayNode();
      for (int i = 0; i < children.size(); i++) {
        assertThat(children.get(i).getTagName()).isEqualTo("item");
        array.add(back(children.get(i), kind.get(i)));
      }
      return array;
    }
    if (kind.isObject()) {
      ObjectNode object = Json.MAPPER.createObjectNode();
      List<JsonNode> kinds = new ArrayList<>();
      kind.forEach(kinds::add);
      for (int i = 0; i < children.size(); i++) {
        Element child = children.get(i);
        String key = child.hasAttribute("key") ? child.getAttribute("key") : child.getTagName();
        object.set(key, back(child, kinds.get(i)));
      }
      return object;
    }
    return TextNode.valueOf(element.getTextContent());
  }

  private static Element parse(byte[] xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setNamespaceAware(true);
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(null);
    return builder.parse(new ByteArrayInputStream(xml)).getDocumentElement();
  }
}
