package io.rowhook.entity.aggregate;

import io.rowhook.capture.RowKey;
import io.rowhook.entity.schema.EntitySchema;
import java.util.Map;

/**
 * Which entity a row belongs to, by the primary key of its root row: recipients may know it by
 * another id, but other tables refer to it by this.
 */
public record AggregateRoot(EntitySchema schema, RowKey key) {

  /** Different for different owners. */
  public String text() {
    return schema.name() + '\0' + key.text();
  }

  /** The reverse of {@link #text}. */
  public static AggregateRoot parse(String text, Map<String, EntitySchema> schemas) {
    int end = text.indexOf('\0');
    EntitySchema schema = schemas.get(text.substring(0, end));
    if (schema == null) {
      throw new IllegalStateException("an entity was staged that there is none of");
    }
    return new AggregateRoot(schema, RowKey.parse(text.substring(end + 1)));
  }
}
