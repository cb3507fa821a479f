package io.rowhook.entity.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.change.RowChangeMapper;
import io.rowhook.entity.schema.EntitySchema;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of the entities that an event names. Pure; any thread. */
public final class EntityNames {

  private EntityNames() {}

  /**
   * Those that a root row names.
   *
   * @param root before anything takes a column's place
   * @param before as it was; null: nothing is known of that
   */
  static Set<String> of(EntitySchema schema, ObjectNode root, @Nullable ObjectNode before) {
    Set<String> named = new LinkedHashSet<>();
    schema.naming().ofRoot(root, named);
    schema.naming().ofRoot(before, named);
    return named;
  }

  /**
   * Without the entity itself; but a Deleted of one that others can name has it alone among them:
   * it comes after all that named it.
   */
  public static Set<String> others(
      Set<String> named, EventType type, EntitySchema schema, JsonNode id) {
    String own = Event.entityKey(schema.name(), RowChangeMapper.idText(id));
    if (type == EventType.Deleted && schema.naming().isNamed()) {
      named.add(own);
    } else {
      named.remove(own);
    }
    return named;
  }
}
