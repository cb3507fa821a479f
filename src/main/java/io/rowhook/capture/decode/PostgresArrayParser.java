package io.rowhook.capture.decode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Objects;

/** Reads {@code {1,NULL,"a \"b\""}}; the notation is PostgreSQL's, chapter 8.15. One use. */
final class PostgresArrayParser {
  private final String text;
  private final PostgresType element;
  private final char delimiter;
  private int at;

  PostgresArrayParser(String text, PostgresType array) {
    this.text = text;
    this.element = Objects.requireNonNull(array.element());
    this.delimiter = array.delimiter();
  }

  ArrayNode read() {
    if (text.charAt(at) == '[') { // [2:4]={...}: bounds that do not begin at 1
      at = text.indexOf('=', at) + 1;
    }
    return array();
  }

  private ArrayNode array() {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    at++; // {
    while (text.charAt(at) != '}') {
      char first = text.charAt(at);
      if (first == '{') {
        array.add(array());
      } else if (first == '"') {
        array.add(PostgresValueParser.parse(element, quoted()));
      } else if (first == delimiter) {
        at++;
      } else {
        String bare = bare();
        array.add(
            bare.equals("NULL")
                ? NullNode.getInstance()
                : PostgresValueParser.parse(element, bare));
      }
    }
    at++; // }
    return array;
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    at++;
    while (text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at++;
      }
      value.append(text.charAt(at++));
    }
    at++;
    return value.toString();
  }

  private String bare() {
    int start = at;
    while (text.charAt(at) != delimiter && text.charAt(at) != '}') {
      at++;
    }
    return text.substring(start, at);
  }
}
