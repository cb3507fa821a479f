package io.rowhook.webhook;

import io.rowhook.entity.Event;
import io.rowhook.recipient.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names a request: the headers of {@code docs/receiving.md} that say what it is about. Those that
 * prove who sent it come from {@link Signer}. Pure functions.
 */
final class Headers {

  /**
   * {@code Rowhook/<version>}; {@code dev} where the classes do not come from the product's jar.
   */
  static final String USER_AGENT = "Rowhook/" + version(Headers.class.getPackage());

  /** Always six digits: what PostgreSQL has, and of one length for whoever sorts it as text. */
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** Servers commonly take 8 KB of headers in all, and answer 431 beyond. */
  private static final int MOST_OF_AN_ID = 256;

  private static final String ELLIPSIS = "...";

  private Headers() {}

  /**
   * The headers of one attempt.
   *
   * @param topic the event's own, or as the subscription names it
   * @param sequence of the event in the journal
   * @param attempt from 1
   * @param redelivery how often a person has redelivered it; 0 makes no header
   * @param now the attempt's time, the same that is signed
   */
  static List<Field> of(
      Event event,
      String topic,
      long sequence,
      int attempt,
      String requestId,
      int redelivery,
      Instant now) {
    List<Field> fields = new ArrayList<>(14);
    fields.add(new Field("User-Agent", USER_AGENT));
    fields.add(new Field("Webhook-Id", event.id()));
    fields.add(new Field("Webhook-Timestamp", Long.toString(now.getEpochSecond())));
    fields.add(new Field("Rowhook-Topic", safe(topic)));
    fields.add(new Field("Rowhook-Entity-Type", safe(event.entityType())));
    fields.add(new Field("Rowhook-Entity-Id", shortened(safe(event.entityId()))));
    fields.add(new Field("Rowhook-Entity-Event", event.type().name()));
    fields.add(new Field("Rowhook-Attempt", Integer.toString(attempt)));
    fields.add(new Field("Rowhook-Request-Id", requestId));
    fields.add(new Field("Rowhook-Sequence", Long.toString(sequence)));
    if (redelivery > 0) {
      fields.add(new Field("Rowhook-Redelivery", Integer.toString(redelivery)));
    }
    fields.add(new Field("Rowhook-Committed-At", MICROSECONDS.format(event.committedAt())));
    return fields;
  }

  /** The recipient's own headers. */
  static List<Field> own(RequestOptions request) {
    return request.headers().entrySet().stream()
        .map(header -> new Field(header.getKey(), header.getValue().reveal()))
        .toList();
  }

  /**
   * A value that cannot end its header or begin another: control and non-ASCII characters are
   * percent-encoded as UTF-8, and so is the percent sign, so that it can be read back; also a space
   * at either end, which HTTP would drop.
   */
  static String safe(String value) {
    if (isSafe(value)) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length() + 16);
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      boolean edge = i == 0 || i == bytes.length - 1;
      boolean plain = bytes[i] > ' ' && bytes[i] < 0x7F && bytes[i] != '%';
      if (plain || (bytes[i] == ' ' && !edge)) {
        out.append((char) bytes[i]);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(bytes[i]));
      }
    }
    return out.toString();
  }

  /**
   * At most {@link #MOST_OF_AN_ID} characters, which are bytes here, of an encoded value; never
   * half of a character.
   */
  static String shortened(String encoded) {
    if (encoded.length() <= MOST_OF_AN_ID) {
      return encoded;
    }
    int end = MOST_OF_AN_ID - ELLIPSIS.length();
    int percent = encoded.lastIndexOf('%', end - 1);
    if (percent > end - 3 && percent >= 0) {
      end = percent;
    }
    while (end > 0 && isContinuation(encoded, end)) {
      end -= 3;
    }
    return encoded.substring(0, end) + ELLIPSIS;
  }

  /** Whether a byte stands there, percent-encoded, that is not the first one of its character. */
  private static boolean isContinuation(String encoded, int at) {
    return encoded.charAt(at) == '%' && "89AB".indexOf(encoded.charAt(at + 1)) >= 0;
  }

  private static boolean isSafe(String value) {
    return value.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '%')
        && !value.startsWith(" ")
        && !value.endsWith(" ");
  }

  static String version(@Nullable Package where) {
    String version = where == null ? null : where.getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
