package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.BodyFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where a body is not as it was expected to be, by place. Pure. */
final class BodyDiff {

  private static final int MOST = 20;

  private final List<String> lines = new ArrayList<>();

  private BodyDiff() {}

  /**
   * The differences; empty: there are none. JSON is compared by what it says, with every digit of
   * its numbers; XML line by line.
   */
  static List<String> between(BodyFormat format, byte[] expected, byte[] actual) {
    BodyDiff bodyDiff = new BodyDiff();
    switch (format) {
      case json -> bodyDiff.json(expected, actual);
      case xml -> bodyDiff.text(expected, actual);
    }
    return bodyDiff.lines;
  }

  private void json(byte[] expected, byte[] actual) {
    try {
      trees("body", Json.MAPPER.readTree(expected), Json.MAPPER.readTree(actual));
    } catch (IOException e) {
      lines.add("the expected body is not JSON");
    }
  }

  private void trees(String at, JsonNode expected, JsonNode actual) {
    if (lines.size() >= MOST) {
      return;
    }
    if (expected.isObject() && actual.isObject()) {
      Set<String> keys = new LinkedHashSet<>();
      expected.fieldNames().forEachRemaining(keys::add);
      actual.fieldNames().forEachRemaining(keys::add);
      keys.forEach(key -> trees(at + "." + key, expected.path(key), actual.path(key)));
    } else if (expected.isArray() && actual.isArray()) {
      for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
        trees(at + "[" + i + "]", expected.path(i), actual.path(i));
      }
    } else if (!shown(expected).equals(shown(actual))) {
      lines.add(at + ": expected " + shown(expected) + ", got " + shown(actual));
    }
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }

  private void text(byte[] expected, byte[] actual) {
    List<String> before = new String(expected, StandardCharsets.UTF_8).lines().toList();
    List<String> after = new String(actual, StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < Math.max(before.size(), after.size()) && lines.size() < MOST; i++) {
      String was = i < before.size() ? before.get(i) : "nothing";
      String is = i < after.size() ? after.get(i) : "nothing";
      if (!was.equals(is)) {
        int column = 0;
        while (column < Math.min(was.length(), is.length())
            && was.charAt(column) == is.charAt(column)) {
          column++;
        }
        lines.add(
            "line " + (i + 1) + ", column " + (column + 1) + ": expected " + was + ", got " + is);
      }
    }
  }
}
