package io.rowhook.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.template.jslt.LargeIntegers;
import io.rowhook.template.output.BuiltInTemplate;
import io.rowhook.template.output.XmlBodyWriter;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An attribute set, and all else that a body depends on: the last step of this room. What is noted
 * of an attempt is {@link #hash}, so that every later attempt sends the same bytes, whatever was
 * edited since. Any thread.
 *
 * @param set makes the tree
 * @param format in which it is written
 * @param integers how large ones are written in JSON; XML has text anyway
 * @param topic stands as {@code type} in the event that the set is given; empty: the event's own
 * @param limit of the body's bytes; what becomes of a larger one is decided by whoever renders
 * @param array whether it is sent in an array, alone or with others
 */
public record BodyRenderer(
    Template set,
    BodyFormat format,
    Integers integers,
    Optional<String> topic,
    Optional<BodyLimit> limit,
    boolean array)
    implements Template {

  /** A topic has no semicolon; an attribute set's hash neither. */
  private static final Pattern HASH =
      Pattern.compile(
          "([^;]+)(;xml)?(;integers=text)?(?:;topic=([^;]+))?(?:;max=([0-9]+),([a-z]+))?(;array)?");

  /** As a recipient wants it. */
  public static BodyRenderer of(Recipient recipient, Template set, Optional<String> topic) {
    return new BodyRenderer(
        set,
        recipient.format(),
        recipient.request().integers(),
        topic,
        recipient.request().maxBody(),
        recipient.request().batch().isPresent());
  }

  /** The whole event. */
  public static BodyRenderer full(Recipient recipient) {
    return of(recipient, BuiltInTemplate.full, Optional.empty());
  }

  /** The same with the built-in set {@code notify}. */
  public BodyRenderer asNotify() {
    return new BodyRenderer(BuiltInTemplate.notify, format, integers, topic, limit, array);
  }

  /** The same for a body that is not too large. */
  public BodyRenderer unlimited() {
    return new BodyRenderer(set, format, integers, topic, Optional.empty(), array);
  }

  /** The one of an earlier attempt; empty if its attribute set was not kept. */
  public static Optional<BodyRenderer> byHash(TemplateLookup sets, String hash) {
    Matcher parts = HASH.matcher(hash);
    if (!parts.matches()) {
      return Optional.empty();
    }
    BodyFormat format = parts.group(2) == null ? BodyFormat.json : BodyFormat.xml;
    Integers integers = parts.group(3) == null ? Integers.number : Integers.text;
    Optional<String> topic = Optional.ofNullable(parts.group(4));
    Optional<BodyLimit> limit =
        parts.group(5) == null
            ? Optional.empty()
            : Optional.of(
                new BodyLimit(
                    Long.parseLong(parts.group(5)), BodyLimit.Then.valueOf(parts.group(6))));
    return sets.byHash(parts.group(1))
        .map(set -> new BodyRenderer(set, format, integers, topic, limit, parts.group(7) != null));
  }

  @Override
  public String name() {
    return set.name();
  }

  /** That of the set; behind it what is not the default. */
  @Override
  public String hash() {
    return set.hash()
        + (format == BodyFormat.xml ? ";xml" : "")
        + (integers == Integers.text ? ";integers=text" : "")
        + topic.map(text -> ";topic=" + text).orElse("")
        + limit.map(most -> ";max=" + most.bytes() + "," + most.then()).orElse("")
        + (array ? ";array" : "");
  }

  /** What the recipient is told that the event is. */
  public String topic(Event event) {
    return topic.orElseGet(event::topic);
  }

  @Override
  public byte[] render(Event event) throws TemplateException {
    byte[] json = topic.isEmpty() ? set.render(event) : render(event, topic.get());
    return switch (format) {
      case json -> integers == Integers.text ? LargeIntegers.asText(json) : json;
      case xml ->
          XmlBodyWriter.write(event.entityType(), read(json, "the result of " + set.name()));
    };
  }

  private byte[] render(Event event, String topic) throws TemplateException {
    if (!(EventTrees.of(event) instanceof ObjectNode own)) {
      return set.render(event);
    }
    ObjectNode retyped = JsonNodeFactory.instance.objectNode(); // the event's own is shared
    retyped.setAll(own);
    retyped.put("type", topic);
    return set instanceof JsltTemplate jslt
        ? jslt.render(event, retyped)
        : set.render(retyped(event, retyped));
  }

  private static Event retyped(Event event, ObjectNode json) throws TemplateException {
    try {
      return new Event(
          event.id(),
          event.entityType(),
          event.entityId(),
          event.type(),
          event.committedAt(),
          event.position(),
          Json.MAPPER.writeValueAsBytes(json),
          event.audience());
    } catch (IOException e) {
      throw new TemplateException("the event in the journal cannot be written again", e);
    }
  }

  private static JsonNode read(byte[] json, String what) throws TemplateException {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new TemplateException(what + " is not JSON", e);
    }
  }
}
