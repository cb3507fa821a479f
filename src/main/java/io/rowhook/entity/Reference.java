package io.rowhook.entity;

import io.rowhook.capture.TableId;
import java.util.List;

/**
 * A row that an entity, or a part of it, names: looked up and embedded. A change to that row is no
 * event of the entity.
 *
 * @param name the attribute that it is under: {@code customer}
 * @param table its
 * @param key the columns that name it, by its primary key and in its order
 * @param attributes which of its columns are embedded; empty: all
 */
public record Reference(String name, TableId table, List<String> key, List<String> attributes) {

  public Reference {
    key = List.copyOf(key);
    attributes = List.copyOf(attributes);
  }
}
