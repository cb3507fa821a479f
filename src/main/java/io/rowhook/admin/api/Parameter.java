package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.util.Map;

/**
 * A value that a request has beside its body.
 *
 * @param place where it stands
 * @param about what it means; Markdown, no full stop at the end
 */
public record Parameter(String name, Place place, Schema schema, boolean required, String about) {

  /** Where parameters stand. */
  public enum Place {
    /** In the path, between slashes; a slash in it is written {@code %2F}. */
    path,
    /** Behind the question mark; a list's name is repeated, a map's are {@code name[key]}. */
    query,
    /** A header. */
    header
  }

  /** A part of the path. */
  public static Parameter path(String name, Schema schema, String about) {
    return new Parameter(name, Place.path, schema, true, about);
  }

  /** One behind the question mark, which may be left out. */
  public static Parameter query(String name, Schema schema, String about) {
    return new Parameter(name, Place.query, schema, false, about);
  }

  /** A header that may be left out. */
  public static Parameter header(String name, Schema schema, String about) {
    return new Parameter(name, Place.header, schema, false, about);
  }

  ObjectNode json(Map<String, ObjectNode> components) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("name", name).put("in", place.name()).put("description", about);
    if (required) {
      json.put("required", true);
    }
    if (schema.bare() instanceof Schemas.MapOf) {
      json.put("style", "deepObject").put("explode", true);
    }
    json.set("schema", schema.json(components));
    return json;
  }
}
