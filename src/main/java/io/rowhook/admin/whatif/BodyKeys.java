package io.rowhook.admin.whatif;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.webhook.DryRun.Result.Body;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Two bodies of one event, and the keys in which they differ. Pure. */
final class BodyKeys {

  /** Of one body; a template may make a key of each value. */
  private static final int MOST = 2_000;

  private static final int LONGEST = 200;

  private BodyKeys() {}

  /** A body as a tree; missing: it is of another format, or not compared by keys. */
  static JsonNode tree(Body body) {
    if (body.format() != BodyFormat.json) {
      return MissingNode.getInstance();
    }
    try {
      return Json.MAPPER.readTree(body.bytes());
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** Whether they say the same: JSON with every digit of its numbers, XML as it stands. */
  static boolean isSame(Body before, JsonNode beforeTree, Body after, JsonNode afterTree) {
    return before.format() == after.format()
        && (Arrays.equals(before.bytes(), after.bytes())
            || (!beforeTree.isMissingNode() && isSame(beforeTree, afterTree)));
  }

  private static boolean isSame(JsonNode one, JsonNode other) {
    if (one.isObject() && other.isObject() && one.size() == other.size()) {
      return one.properties().stream()
          .allMatch(member ->
              other.has(member.getKey()) && isSame(member.getValue(), other.path(member.getKey())));
    }
    if (one.isArray() && other.isArray() && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        if (!isSame(one.path(i), other.path(i))) {
          return false;
        }
      }
      return true;
    }
    return one.isValueNode() && other.isValueNode() && one.toString().equals(other.toString());
  }

  /** The keys of a tree: {@code customer.email}, {@code lines[].sku}. */
  static Set<String> of(JsonNode tree) {
    Set<String> keys = new HashSet<>();
    collect("", tree, keys);
    return keys;
  }

  private static void collect(String at, JsonNode node, Set<String> keys) {
    if (node.isArray()) {
      for (JsonNode item : node) {
        collect(at + "[]", item, keys);
      }
    } else if (node.isObject()) {
      node.properties()
          .forEach(member -> {
            String key = at.isEmpty() ? member.getKey() : at + "." + member.getKey();
            if (keys.size() < MOST) {
              keys.add(shown(key));
              collect(key, member.getValue(), keys);
            }
          });
    }
  }

  /** A text of some length, without halves of characters, which cannot be written. */
  static String shown(String text, int longest) {
    String cut = text.length() > longest ? text.substring(0, longest) + "..." : text;
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static String shown(String key) {
    return shown(key, LONGEST);
  }
}
