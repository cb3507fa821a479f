package io.rowhook.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.template.jslt.JsltTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a template or a condition reads of one event, noted while it runs: for a preview, which
 * marks what the entity does not have. One thread at a time.
 */
public final class AccessTracer {

  /** An event may have them or not. */
  private static final Set<String> OPTIONAL = Set.of("unavailable", "readAt");

  private static final int MOST = 1_000;

  private final Event event;
  private final JsonNode root;
  private final Map<String, JsonNode> values = new LinkedHashMap<>();
  private final Map<String, Missing> missing = new LinkedHashMap<>();

  private record Missing(String parent, String key, Set<String> known) {}

  /**
   * Of an event, of which nothing was read yet.
   *
   * @throws TemplateException if it is not JSON
   */
  public AccessTracer(Event event) throws TemplateException {
    this.event = event;
    try {
      this.root = traced("", Json.MAPPER.readTree(event.json()));
    } catch (IOException e) {
      throw new TemplateException("the event is not JSON", e);
    }
  }

  /** Runs an attribute set, whose result is of no interest here; the built-in ones read nothing. */
  public void trace(Template set) throws TemplateException {
    Template inner = set instanceof BodyRenderer renderer ? renderer.set() : set;
    if (inner instanceof JsltTemplate jslt) {
      DraftRendering.executor().run(jslt.hash(), jslt.name(), () -> jslt.apply(event, root));
    }
  }

  /** Runs a condition. */
  public boolean trace(Condition condition) throws TemplateException {
    return condition.holds(event, root);
  }

  /** The single values that were read, as {@code .data.status = "packed"}. */
  public List<String> values() {
    return values.entrySet().stream().map(e -> e.getKey() + " = " + e.getValue()).toList();
  }

  /** What was read and is not there, each with the name that was probably meant. */
  public List<String> missing() {
    List<String> lines = new ArrayList<>();
    missing.forEach((path, one) -> {
      Collection<String> known = one.known;
      if (one.parent.equals(".previous")) {
        known = namesIn(root.get("data")); // it has only what has changed
      }
      if (!known.contains(one.key) && !(one.parent.isEmpty() && OPTIONAL.contains(one.key))) {
        String where = one.parent.isEmpty() ? "the event" : event.entityType() + one.parent;
        lines.add(
            path
                + ": "
                + where
                + " has no "
                + one.key
                + DidYouMean.to(one.key, known)
                    .map(near -> ". Did you mean " + near + "?")
                    .orElse(""));
      }
    });
    return lines;
  }

  private static Set<String> namesIn(@Nullable JsonNode node) {
    Set<String> names = new TreeSet<>();
    if (node != null) {
      node.fieldNames().forEachRemaining(names::add);
    }
    return names;
  }

  private JsonNode traced(String path, JsonNode node) {
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> array.add(traced(path + "[]", item)));
      return array;
    }
    if (node.isObject()) {
      Map<String, JsonNode> fields = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        fields.put(field.getKey(), traced(path + "." + field.getKey(), field.getValue()));
      }
      return new Traced(path, fields);
    }
    return node;
  }

  /** An object that notes what it is asked for; what of it stands in a result is an object. */
  @SuppressWarnings({"serial", "unchecked"}) // never serialized so; ObjectNode.deepCopy is
  private final class Traced extends ObjectNode {
    private final String path;

    Traced(String path, Map<String, JsonNode> fields) {
      super(JsonNodeFactory.instance, fields);
      this.path = path;
    }

    @Override
    public @Nullable JsonNode get(String key) {
      JsonNode value = super.get(key);
      String at = path + "." + key;
      if (value == null) {
        if (missing.size() < MOST) {
          missing.put(at, new Missing(path, key, namesIn(this)));
        }
      } else if (value.isValueNode() && values.size() < MOST) {
        values.put(at, value);
      }
      return value;
    }
  }
}
