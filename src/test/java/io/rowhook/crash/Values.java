package io.rowhook.crash;

import com.fasterxml.jackson.databind.JsonNode;

/** Whether a {@code full} body holds the row that its entity and version stand for. Pure. */
final class Values {

  private Values() {}

  /** What is wrong, in words; empty if nothing is. */
  static String fault(String id, JsonNode event) {
    if (!event.path("id").asText().equals(id)) {
      return "Webhook-Id is not the body's id";
    }
    Kind kind;
    try {
      kind = Kind.valueOf(event.path("entityType").asText());
    } catch (IllegalArgumentException e) {
      return "no such entity";
    }
    JsonNode data = event.path("data");
    String entityId = event.path("entityId").asText();
    if (!data.path(kind.key).asText().equals(entityId)) {
      return "data is another entity's row";
    }
    long number = Long.parseLong(entityId.replaceAll("\\D", ""));
    EntityKey key = new EntityKey(kind, number);
    long version = data.path("version").asLong();
    if (!data.path("name").asText().equals(Kind.name(key, version))) {
      return "data mixes two versions of the row";
    }
    return kind == Kind.Article ? largeText(key, version, data) : "";
  }

  private static String largeText(EntityKey key, long version, JsonNode data) {
    long described = data.path("described").asLong();
    if (described < 1 || described > version) {
      return "the large text is of no version up to this one: " + described;
    }
    String right = Kind.largeText(key, described, Kind.textSize(key));
    return data.path("description").asText().equals(right)
        ? ""
        : "the large text is not that of version " + described;
  }
}
