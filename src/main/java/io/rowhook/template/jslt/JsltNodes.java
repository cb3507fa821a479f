package io.rowhook.template.jslt;

import com.schibsted.spt.data.jslt.impl.ExpressionNode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks into the nodes of a compiled template, which JSLT itself shows to nobody. Pure. */
final class JsltNodes {

  private JsltNodes() {}

  /** What a field of a node holds; null also where it has no such field. */
  static @Nullable Object hidden(Object node, String name) throws IllegalAccessException {
    for (Class<?> type = node.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(node);
        }
      }
    }
    return null;
  }

  /** All that its fields hold. */
  static List<Object> parts(Object node) throws IllegalAccessException {
    List<Object> parts = new ArrayList<>();
    for (Class<?> type = node.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !field.getType().isPrimitive()
            && ExpressionNode.class.isAssignableFrom(type)) {
          field.setAccessible(true);
          Object part = field.get(node);
          if (part != null) {
            parts.add(part);
          }
        }
      }
    }
    return parts;
  }
}
