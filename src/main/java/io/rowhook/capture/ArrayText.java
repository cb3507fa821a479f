package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;

/** Reads {@code {1,NULL,"a \"b\""}}; the notation is PostgreSQL's, chapter 8.15. One use. */
final class ArrayText {
  private final String text;
  private final char element;
  private int at;

  ArrayText(String text, int start, char element) {
    this.text = text;
    this.element = element;
    this.at = start;
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
      switch (text.charAt(at)) {
        case '{' -> array.add(array());
        case '"' -> array.add(PostgresText.read(quoted(), element));
        case ',', ';' -> at++; // box[] alone has semicolons
        default -> {
          String bare = bare();
          array.add(
              bare.equalsIgnoreCase("NULL")
                  ? NullNode.getInstance()
                  : PostgresText.read(bare, element));
        }
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
    while (",;}".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }
}
