import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One event of a request, as the receiver's effect gets it.
 *
 * @param sequence its place in the sender's journal
 * @param redelivery how often a person has had it sent again; 0: never
 * @param entityType {@code Article}, or {@code Rowhook} for what happened to the sender itself
 * @param entityId {@code 7}; a key of several columns is a JSON object
 * @param event {@code Created}, {@code Updated}, {@code Deleted} or {@code Snapshot}; of a batch
 *     empty where its body does not say it
 * @param body its own, of a batch too: JSON, or XML
 */
public record RowhookEvent(
    String id,
    long sequence,
    long redelivery,
    String entityType,
    String entityId,
    String event,
    String body) {

  private static final Pattern NAME = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9A-Fa-f]{4})|(.))");

  private static final Pattern ENCODED = Pattern.compile("(?:[ -$&-~]++|%[0-9A-Fa-f]{2})*");

  /** It is no request that events can be told of: answer 400. Nothing was applied. */
  public static final class RequestException extends RuntimeException {
    private RequestException(String message) {
      super(message);
    }
  }

  private record Entity(String type, String id, String event) {}

  /** The events of a request, in the order of the sender's journal. */
  static List<RowhookEvent> of(UnaryOperator<String> headers, byte[] body) {
    String text;
    try {
      text = utf8(body);
    } catch (CharacterCodingException e) {
      throw new RequestException(
          "Request %s: its body has to be UTF-8.".formatted(value(headers, "Webhook-Id")));
    }
    String redelivery = value(headers, "Rowhook-Redelivery");
    long again = redelivery.isEmpty() ? 0 : number(headers, "Rowhook-Redelivery", redelivery);
    String sequence = value(headers, "Rowhook-Sequence");
    String id = value(headers, "Webhook-Id");
    if (value(headers, "Rowhook-Batch").isEmpty()) {
      needed(headers, "Rowhook-Entity-Type");
      String entityId = needed(headers, "Rowhook-Entity-Id");
      String event = needed(headers, "Rowhook-Entity-Event");
      boolean shortened = entityId.length() > 240 && entityId.endsWith("...");
      Entity entity =
          shortened || entityId.isEmpty()
              ? named(text, id)
              : new Entity(
                  decoded(headers, "Rowhook-Entity-Type"),
                  decoded(headers, "Rowhook-Entity-Id"),
                  "");
      long place = number(headers, "Rowhook-Sequence", sequence);
      return List.of(new RowhookEvent(id, place, again, entity.type(), entity.id(), event, text));
    }
    String[] ids = needed(headers, "Rowhook-Event-Ids").split(",", -1);
    String[] sequences = sequence.split(",", -1);
    List<String> bodies = parts(text);
    if (ids.length != sequences.length || ids.length != bodies.size()) {
      throw new RequestException(
          ("Request %s: Rowhook-Event-Ids has %d, Rowhook-Sequence %d, and the body %d events. They have to be as many:"
                  + " look what has changed it on its way.")
              .formatted(id, ids.length, sequences.length, bodies.size()));
    }
    List<RowhookEvent> events = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      Entity entity = named(bodies.get(i), ids[i]);
      long place = number(headers, "Rowhook-Sequence", sequences[i]);
      events.add(
          new RowhookEvent(
              ids[i], place, again, entity.type(), entity.id(), entity.event(), bodies.get(i)));
    }
    return events;
  }

  /** A header's that has to be there. An entity's id alone may be the empty text. */
  private static String needed(UnaryOperator<String> headers, String header) {
    String value = headers.apply(header);
    if (value == null || (value.isEmpty() && !header.equals("Rowhook-Entity-Id"))) {
      throw new RequestException(
          "Request %s: %s is missing. Is it Rowhook's, and does your proxy let its headers through?"
              .formatted(value(headers, "Webhook-Id"), header));
    }
    return value;
  }

  private static long number(UnaryOperator<String> headers, String header, String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new RequestException(
          "Request %s: %s has to be a number, got '%s'. Is it Rowhook's, and does your proxy let its headers through?"
              .formatted(value(headers, "Webhook-Id"), header, text));
    }
    return Long.parseLong(text);
  }

  /** As a body names them: where no header does, or a shortened one. */
  private static Entity named(String body, String id) {
    Map<String, String> members = new HashMap<>();
    if (body.stripLeading().startsWith("{")) {
      for (String part : parts(body)) {
        Matcher name = NAME.matcher(part);
        if (name.lookingAt()) {
          String value = part.substring(name.end()).stripLeading().substring(1).strip();
          if (!value.equals("null")) {
            members.put(text(name.group()), value.startsWith("\"") ? text(value) : value);
          }
        }
      }
    }
    String type = members.getOrDefault("entityType", members.get("EntityType"));
    String entityId = members.getOrDefault("entityId", members.get("EntityId"));
    if (type == null || type.isEmpty() || entityId == null) {
      throw new RequestException(
          ("Event %s: its body has to name its entity, as entityType and entityId, which the headers of a batch and of"
                  + " ids beyond 256 bytes do not. Have the sender add them to its template.")
              .formatted(id));
    }
    String event = members.getOrDefault("event", members.getOrDefault("EntityEvent", ""));
    return new Entity(type, entityId, event);
  }

  /**
   * The elements of a JSON array, or the members of an object, as text: nothing of it is rounded.
   */
  private static List<String> parts(String json) {
    String text = json.strip();
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int begin = 1;
    boolean quoted = false;
    int at = 0;
    for (; at < text.length() && (at == 0 || depth > 0); at++) {
      char c = text.charAt(at);
      if (quoted) {
        at += c == '\\' ? 1 : 0;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '[' || c == '{') {
        depth++;
      } else if (c == ']' || c == '}' || c == ',') {
        if (depth == 1) {
          parts.add(text.substring(begin, at).strip());
          begin = at + 1;
        }
        depth -= c == ',' ? 0 : 1;
      }
    }
    if (depth != 0
        || at < text.length()
        || parts.isEmpty()
        || !(text.startsWith("[") || text.startsWith("{"))) {
      throw new RequestException(
          "A batch's body has to be a JSON array and nothing else, got "
              + text.substring(0, Math.min(40, text.length())));
    }
    return parts.equals(List.of("")) ? List.of() : parts;
  }

  /** What a JSON text says. */
  private static String text(String quoted) {
    return ESCAPE
        .matcher(quoted.substring(1, quoted.length() - 1))
        .replaceAll(escape -> {
          String code = escape.group(1);
          char c = code != null ? (char) Integer.parseInt(code, 16) : escape.group(2).charAt(0);
          char said =
              code != null
                  ? c
                  : switch (c) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    default -> c;
                  };
          return Matcher.quoteReplacement(String.valueOf(said));
        });
  }

  /** Percent-encoded UTF-8. A plus sign stands for itself. */
  private static String decoded(UnaryOperator<String> headers, String header) {
    String text = value(headers, header);
    try {
      if (ENCODED.matcher(text).matches()) {
        String bytes = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        return utf8(bytes.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (CharacterCodingException e) {
      // as one of other characters
    }
    throw new RequestException(
        "Request %s: %s has to be ASCII, and percent-encoded UTF-8, got '%s'."
            .formatted(value(headers, "Webhook-Id"), header, text));
  }

  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** A header's; empty where there is none. */
  static String value(UnaryOperator<String> headers, String name) {
    String value = headers.apply(name);
    return value == null ? "" : value;
  }
}
