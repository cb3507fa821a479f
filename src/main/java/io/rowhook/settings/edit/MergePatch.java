package io.rowhook.settings.edit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;

/** JSON Merge Patch, RFC 7396. Pure. */
public final class MergePatch {

  private MergePatch() {}

  /** What a value is with a patch; both stay as they are. */
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch;
    }
    ObjectNode patched =
        target instanceof ObjectNode object ? object.deepCopy() : Json.MAPPER.createObjectNode();
    changes
        .properties()
        .forEach(change -> {
          if (change.getValue().isNull()) {
            patched.remove(change.getKey());
          } else {
            JsonNode before = patched.path(change.getKey());
            patched.set(change.getKey(), apply(before, change.getValue()));
          }
        });
    return patched;
  }
}
