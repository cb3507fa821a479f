package io.rowhook.template.output;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes a tree as XML 1.0 ({@code docs/templates.md}, "XML"): an object's keys are elements, an
 * array is one {@code <item>} for each entry, null is an empty element with {@code nil="true"}, and
 * a key that is no name becomes {@code <entry key="...">}. Pure.
 *
 * <p>What XML 1.0 cannot carry at all, not even as a reference (control characters but tab and line
 * ends, lone surrogates, U+FFFE and U+FFFF), becomes U+FFFD, the replacement character: a value
 * from the ERP must never make a body that no parser reads.
 */
public final class XmlBodyWriter {

  /**
   * A name without a colon, which would be taken for a namespace's prefix. Letters beyond ASCII are
   * names in XML too, but not in all that is generated from it.
   */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  private static final char REPLACEMENT = '\uFFFD';

  private final StringBuilder out = new StringBuilder(1024);

  private XmlBodyWriter() {}

  /** The document; its root element has the entity's name. */
  public static byte[] write(String root, JsonNode tree) {
    XmlBodyWriter xmlBodyWriter = new XmlBodyWriter();
    xmlBodyWriter.out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xmlBodyWriter.element(root, tree);
    return xmlBodyWriter.out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void element(String key, JsonNode value) {
    boolean named = isName(key);
    String name = named ? key : "entry";
    out.append('<').append(name);
    if (!named) {
      out.append(" key=\"");
      text(key, true);
      out.append('"');
    }
    if (value.isNull()) {
      out.append(" nil=\"true\"");
    }
    if (value.isNull() || (value.isContainerNode() && value.isEmpty())) {
      out.append("/>");
      return;
    }
    out.append('>');
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        element(field.getKey(), field.getValue());
      }
    } else if (value.isArray()) {
      value.forEach(item -> element("item", item));
    } else {
      text(scalar(value), false);
    }
    out.append("</").append(name).append('>');
  }

  /** As JSON writes it. */
  private static String scalar(JsonNode value) {
    return value.isBigDecimal() ? Json.number(value.decimalValue()) : value.asText();
  }

  /** Names that begin with xml are reserved. */
  private static boolean isName(String key) {
    return NAME.matcher(key).matches() && !key.toLowerCase(Locale.ROOT).startsWith("xml");
  }

  private void text(String text, boolean attribute) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;"); // so that no ]]> stands in a text
        case '&' -> out.append("&amp;");
        case '\r' -> out.append("&#13;"); // a parser would make it a line feed
        case '"', '\n', '\t' -> {
          if (attribute) {
            out.append("&#").append((int) c).append(';');
          } else {
            out.append(c);
          }
        }
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            out.append(c).append(text.charAt(++i));
          } else {
            boolean carried = c >= ' ' && !Character.isSurrogate(c) && c < '\uFFFE';
            out.append(carried ? c : REPLACEMENT);
          }
        }
      }
    }
  }
}
