package io.rowhook.settings.recipients;

import io.rowhook.base.DidYouMean;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.PathTemplate.Placeholder;
import io.rowhook.recipient.PathTemplate.Segment;
import io.rowhook.recipient.RequestLine;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.One;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.settings.yaml.YamlNode.Items;
import io.rowhook.settings.yaml.YamlNode.Scalar;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads {@code method} and {@code path}, of a recipient or of one of its subscriptions. */
final class RequestLineParser {

  private static final One<Method> ONE = Value.oneOf(Method.class);

  static final Setting<YamlNode> METHOD =
      Setting.of(
              "method",
              new MappingOr(ONE, byEvent("of requests about these", "`POST`")),
              "of every request: one, or by event `{ Created: POST, Updated: PUT, Deleted: DELETE }`."
                  + " The body is sent with each, a `DELETE` too")
          .without("the mapping's");

  static final Setting<PathTemplate> PATH =
      Setting.of(
              "path",
              Value.text(RequestLineParser::path),
              "appended to the path of `url`, before its query, with values of the event:"
                  + " [`/articles/{data.sku}`](#paths)")
          .within("begins with a slash")
          .without("none");

  /** A subscription's. */
  static final Setting<YamlNode> OWN_METHOD =
      Setting.of(
              METHOD.name(),
              new MappingOr(ONE, byEvent("as above", "the recipient's")),
              "in place of the recipient's, for what this subscription decides")
          .without("the recipient's");

  /** A subscription's. */
  static final Setting<PathTemplate> OWN_PATH =
      Setting.of(
              PATH.name(),
              PATH.value(),
              "in place of the recipient's, for what this subscription decides")
          .within("as `path`")
          .without("the recipient's");

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

  private RequestLineParser() {}

  private static ObjectSetting<?> byEvent(String sentence, String without) {
    return ObjectSetting.of(
        EventType.OF_ENTITIES.stream()
            .map(type -> method(type, sentence).without(without))
            .toArray(Setting<?>[]::new));
  }

  private static Setting<Method> method(EventType type, String sentence) {
    return Setting.of(type.name(), ONE, sentence);
  }

  /** Of a recipient's file, or of one of its subscriptions. */
  static RequestLine read(Fields fields) {
    return new RequestLine(methods(fields), fields.read(PATH));
  }

  private static Map<EventType, Method> methods(Fields fields) {
    Map<EventType, Method> methods = new EnumMap<>(EventType.class);
    switch (fields.read(METHOD).orElse(null)) {
      case null -> {}
      case Scalar scalar ->
          scalar
              .read(ONE.parser())
              .ifPresent(method -> {
                for (EventType type : EventType.values()) {
                  methods.put(type, method);
                }
              });
      case Items items -> Yaml.wrongKind(items, "a method or a mapping", items.session());
      case Fields named -> {
        if (named.names().isEmpty()) {
          fields.problem(
              METHOD,
              named.location().key()
                  + " names no event. Write for example method: {Created: POST, Updated: PUT,"
                  + " Deleted: DELETE}, or take it out.");
        }
        for (EventType type : EventType.OF_ENTITIES) {
          named.read(method(type, "")).ifPresent(method -> methods.put(type, method));
        }
      }
    }
    return methods;
  }

  private static PathTemplate path(String value) throws InvalidValueException {
    PathTemplate path;
    try {
      path = PathTemplate.parse(value);
    } catch (IllegalArgumentException e) {
      throw InvalidValueException.because(
          String.valueOf(e.getMessage()), "Write for example /articles/{data.sku}.");
    }
    for (Segment segment : path.segments()) {
      for (PathTemplate.Part part : segment.parts()) {
        if (part instanceof Placeholder placeholder
            && !OF_EVENT.contains(placeholder.names().getFirst())) {
          throw InvalidValueException.because(
              "must have placeholders that begin with a key of the event",
              DidYouMean.advice(placeholder.names().getFirst(), OF_EVENT, "It has"));
        }
      }
    }
    return path;
  }
}
