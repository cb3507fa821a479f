package io.rowhook.entity;

import io.rowhook.capture.RowKey;
import java.util.Map;

/**
 * Which entity a row belongs to, by the primary key of its root row: recipients may know it by
 * another id, but other tables refer to it by this.
 */
record Owner(Shape shape, RowKey key) {

  /** Different for different owners. */
  String text() {
    return shape.name() + '\0' + key.text();
  }

  /** The reverse of {@link #text}. */
  static Owner parse(String text, Map<String, Shape> shapes) {
    int end = text.indexOf('\0');
    Shape shape = shapes.get(text.substring(0, end));
    if (shape == null) {
      throw new IllegalStateException("an entity was staged that there is none of");
    }
    return new Owner(shape, RowKey.parse(text.substring(end + 1)));
  }
}
