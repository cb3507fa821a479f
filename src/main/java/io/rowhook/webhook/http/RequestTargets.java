package io.rowhook.webhook.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.PathTemplate.Literal;
import io.rowhook.recipient.PathTemplate.Part;
import io.rowhook.recipient.PathTemplate.Placeholder;
import io.rowhook.recipient.PathTemplate.Segment;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.EventTrees;
import io.rowhook.template.TemplateException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds method and URL of a request: the recipient's URL, with the path that its settings make of
 * the event. Made for one state of a recipient's settings; any thread.
 *
 * <p>A value stays one segment: all but the unreserved characters of RFC 3986 are percent-encoded,
 * so that it cannot reach host, query or another segment. What would be empty, or could climb where
 * a server decodes before it resolves dots, is refused.
 */
public final class RequestTargets {

  /** Servers commonly take 8 KB a line. */
  private static final int MAX_PATH = 4_000;

  private static final String UNRESERVED = "-._~";

  /** What some server takes for the end of a segment, or of its name. */
  private static final Pattern SEPARATORS = Pattern.compile("[/\\\\;]");

  private final Recipient recipient;

  public RequestTargets(Recipient recipient) {
    this.recipient = recipient;
  }

  /**
   * The target of a request about an event.
   *
   * @param subscription by which it is sent, if there is one
   * @param sent the event that the request is about
   * @param topic stands as {@code type}
   * @throws TemplateException if the event has no value for a placeholder, or none that a path can
   *     have; trying again is of no use
   */
  public RequestTarget of(Optional<Subscription> subscription, Event sent, String topic)
      throws TemplateException {
    RequestLine own = subscription.map(Subscription::line).orElse(RequestLine.OPEN);
    Optional<PathTemplate> path = path(own);
    return new RequestTarget(
        method(own, sent.type()),
        path.isEmpty() ? recipient.url() : appended(filled(path.get(), sent, topic)));
  }

  /**
   * The target of a test: that of a Created, by the first subscription, with placeholders named
   * test.
   */
  public RequestTarget ofTest() {
    RequestLine own = recipient.subscriptions().getFirst().line();
    return new RequestTarget(
        method(own, EventType.Created),
        path(own)
            .map(template -> appended(template.text().replaceAll("\\{[^{}]*}", "test")))
            .orElse(recipient.url()));
  }

  private Optional<PathTemplate> path(RequestLine own) {
    return own.path().or(() -> recipient.request().line().path());
  }

  private Method method(RequestLine own, EventType type) {
    Method method = own.methods().get(type);
    return method != null
        ? method
        : recipient.request().line().methods().getOrDefault(type, Method.POST);
  }

  private URI appended(String path) {
    URI url = recipient.url();
    String base = url.getRawPath() == null ? "" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return URI.create(
        url.getScheme()
            + "://"
            + url.getRawAuthority()
            + (base.endsWith("/") ? base.substring(0, base.length() - 1) : base)
            + path
            + query);
  }

  private static String filled(PathTemplate template, Event event, String topic)
      throws TemplateException {
    JsonNode json = EventTrees.of(event);
    StringBuilder path = new StringBuilder(64);
    for (Segment segment : template.segments()) {
      path.append('/');
      StringBuilder plain = new StringBuilder();
      for (Part part : segment.parts()) {
        switch (part) {
          case Literal(String text) -> {
            path.append(text);
            plain.append(text);
          }
          case Placeholder placeholder -> {
            String value = value(template, placeholder, json, topic);
            path.append(encoded(value));
            plain.append(value);
          }
        }
      }
      if (!segment.isFixed()) {
        check(template, segment, plain.toString());
      }
    }
    if (path.length() > MAX_PATH) {
      throw refused(
          template,
          "would have " + path.length() + " characters with its values, more than " + MAX_PATH);
    }
    return path.toString();
  }

  private static String value(
      PathTemplate template, Placeholder placeholder, JsonNode event, String topic)
      throws TemplateException {
    if (placeholder.names().equals(List.of("type"))) {
      return topic;
    }
    JsonNode value = event;
    for (String name : placeholder.names()) {
      value = value.path(name);
    }
    if (value.isMissingNode() || value.isNull()) {
      throw refused(template, "has no value for " + placeholder);
    }
    if (value.isContainerNode()) {
      throw refused(
          template,
          "needs a single value for " + placeholder + ", which has several in this event");
    }
    return value.isBigDecimal() ? Json.number(value.decimalValue()) : value.asText();
  }

  private static void check(PathTemplate template, Segment segment, String plain)
      throws TemplateException {
    if (plain.isEmpty()) {
      throw refused(template, "has a segment that is empty in this event: " + shown(segment));
    }
    for (String piece : SEPARATORS.split(plain, -1)) {
      if (piece.strip().equals(".") || piece.strip().equals("..")) {
        throw refused(
            template,
            "has a segment that could climb in this event, with '.' or '..': " + shown(segment));
      }
    }
  }

  /** The reason says nothing of values, which may be of persons. */
  private static TemplateException refused(PathTemplate template, String why) {
    return new TemplateException("path " + template.text() + " " + why);
  }

  private static String shown(Segment segment) {
    StringBuilder text = new StringBuilder();
    for (Part part : segment.parts()) {
      switch (part) {
        case Literal(String literal) -> text.append(literal);
        case Placeholder placeholder -> text.append(placeholder);
      }
    }
    return text.toString();
  }

  private static String encoded(String value) {
    StringBuilder out = new StringBuilder(value.length() + 8);
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || UNRESERVED.indexOf(b) >= 0;
      if (plain) {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }
}
