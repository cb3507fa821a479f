package io.rowhook.template.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.template.EventTrees;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import java.io.IOException;
import java.util.List;

/** The attribute sets that need no file ({@code docs/templates.md}, "Built-in ones"). */
public enum BuiltInTemplate implements Template {

  /** The whole event, as the journal has it. */
  full {
    @Override
    public byte[] render(Event event) {
      return event.json();
    }
  },

  /** Exactly {@code EntityType}, {@code EntityId}, {@code EntityEvent}: Xena's payload. */
  notify {
    @Override
    public byte[] render(Event event) throws TemplateException {
      JsonNode tree = EventTrees.of(event);
      try {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("EntityType", event.entityType());
        body.set("EntityId", tree.get("entityId"));
        body.put("EntityEvent", event.type().name());
        return Json.MAPPER.writeValueAsBytes(body);
      } catch (IOException e) {
        throw new TemplateException("built-in notify cannot be written", e);
      }
    }
  };

  public static final List<String> NAMES = List.of(full.name(), notify.name());

  @Override
  public String hash() {
    return "built-in-" + name(); // what it does is fixed by docs/templates.md
  }
}
