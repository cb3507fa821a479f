package io.rowhook.settings;

import io.rowhook.capture.Nearest;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.PathTemplate.Placeholder;
import io.rowhook.recipient.PathTemplate.Segment;
import io.rowhook.recipient.RequestLine;
import io.rowhook.settings.YamlNode.Fields;
import io.rowhook.settings.YamlNode.Items;
import io.rowhook.settings.YamlNode.Scalar;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads {@code method} and {@code path}, of a recipient or of one of its subscriptions. */
final class RequestLineKeys {

  private static final YamlKeys METHOD =
      new YamlKeys(List.of(), Stream.of(EventType.values()).map(Enum::name).toList());

  /** By mapping, see {@link RecipientFile#KEYS}. */
  static final Map<String, YamlKeys> KEYS =
      Map.of("method", METHOD, "subscriptions[].method", METHOD);

  /** What a placeholder may begin with. */
  private static final List<String> OF_EVENT =
      List.of(
          "id",
          "type",
          "timestamp",
          "entityType",
          "entityId",
          "event",
          "data",
          "previous",
          "context",
          "source");

  private RequestLineKeys() {}

  static RequestLine read(Fields fields, Reading reading) {
    return new RequestLine(methods(fields, reading), fields.read("path", RequestLineKeys::path));
  }

  private static Map<EventType, Method> methods(Fields fields, Reading reading) {
    Map<EventType, Method> methods = new EnumMap<>(EventType.class);
    switch (fields.get("method").orElse(null)) {
      case null -> {}
      case Scalar scalar ->
          scalar
              .read(Rule.oneOf(Method.class))
              .ifPresent(method -> {
                for (EventType type : EventType.values()) {
                  methods.put(type, method);
                }
              });
      case Items items -> Yaml.wrongKind(items, "a method or a mapping", reading);
      case Fields named -> {
        named.check(METHOD);
        if (named.names().isEmpty()) {
          reading
              .problems()
              .add(
                  named.place(),
                  named.place().key()
                      + " names no event. Write for example method: {Created: POST, Updated: PUT,"
                      + " Deleted: DELETE}, or take it out.");
        }
        for (EventType type : EventType.values()) {
          named
              .read(type.name(), Rule.oneOf(Method.class))
              .ifPresent(method -> methods.put(type, method));
        }
      }
    }
    return methods;
  }

  private static PathTemplate path(String value) throws Refused {
    PathTemplate path;
    try {
      path = PathTemplate.parse(value);
    } catch (IllegalArgumentException e) {
      throw Refused.because(
          String.valueOf(e.getMessage()), "Write for example /articles/{data.sku}.");
    }
    for (Segment segment : path.segments()) {
      for (PathTemplate.Part part : segment.parts()) {
        if (part instanceof Placeholder placeholder
            && !OF_EVENT.contains(placeholder.names().getFirst())) {
          throw Refused.because(
              "must have placeholders that begin with a key of the event",
              Nearest.advice(placeholder.names().getFirst(), OF_EVENT, "It has"));
        }
      }
    }
    return path;
  }
}
