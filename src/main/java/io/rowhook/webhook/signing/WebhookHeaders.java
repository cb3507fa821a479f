package io.rowhook.webhook.signing;

import io.rowhook.entity.Event;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.webhook.HttpHeader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Names a request: the headers of {@code docs/receiving.md} that say what it is about. Those that
 * prove who sent it come from {@link Signer}. Pure functions.
 */
public final class WebhookHeaders {

  /**
   * {@code Rowhook/<version>}; {@code dev} where the classes do not come from the product's jar.
   */
  public static final String USER_AGENT = "Rowhook/" + version(WebhookHeaders.class.getPackage());

  /** Always six digits: what PostgreSQL has, and of one length for whoever sorts it as text. */
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** Servers commonly take 8 KB of headers in all, and answer 431 beyond. */
  private static final int MOST_OF_AN_ID = 256;

  private static final String ELLIPSIS = "...";

  private WebhookHeaders() {}

  /**
   * The headers of one attempt.
   *
   * @param topic the event's own, or as the subscription names it
   * @param sequence of the event in the journal
   * @param attempt from 1
   * @param redelivery how often a person has redelivered it; 0 makes no header
   * @param now the attempt's time, the same that is signed
   */
  public static List<HttpHeader> of(
      Event event,
      String topic,
      long sequence,
      int attempt,
      String requestId,
      int redelivery,
      Instant now) {
    List<HttpHeader> headers = new ArrayList<>(14);
    headers.add(new HttpHeader("User-Agent", USER_AGENT));
    headers.add(new HttpHeader("Webhook-Id", event.id()));
    headers.add(new HttpHeader("Webhook-Timestamp", Long.toString(now.getEpochSecond())));
    headers.add(new HttpHeader("Rowhook-Topic", safe(topic)));
    headers.add(new HttpHeader("Rowhook-Entity-Type", safe(event.entityType())));
    headers.add(new HttpHeader("Rowhook-Entity-Id", shortened(safe(event.entityId()))));
    headers.add(new HttpHeader("Rowhook-Entity-Event", event.type().name()));
    headers.add(new HttpHeader("Rowhook-Attempt", Integer.toString(attempt)));
    headers.add(new HttpHeader("Rowhook-Request-Id", requestId));
    headers.add(new HttpHeader("Rowhook-Sequence", Long.toString(sequence)));
    if (redelivery > 0) {
      headers.add(new HttpHeader("Rowhook-Redelivery", Integer.toString(redelivery)));
    }
    headers.add(new HttpHeader("Rowhook-Committed-At", MICROSECONDS.format(event.committedAt())));
    return headers;
  }

  /**
   * The headers of one request that has several events, or one that would have had others with it.
   *
   * @param ids of the events, in their order; not empty
   * @param sequences theirs in the journal
   * @param attempt of the only one there is, else 1
   * @param redelivery of the only one there is, else 0
   */
  public static List<HttpHeader> ofBatch(
      List<String> ids,
      List<Long> sequences,
      int attempt,
      String requestId,
      int redelivery,
      Instant now) {
    List<HttpHeader> headers = new ArrayList<>(14);
    headers.add(new HttpHeader("User-Agent", USER_AGENT));
    headers.add(new HttpHeader("Webhook-Id", batchId(ids)));
    headers.add(new HttpHeader("Webhook-Timestamp", Long.toString(now.getEpochSecond())));
    headers.add(new HttpHeader("Rowhook-Batch", Integer.toString(ids.size())));
    headers.add(new HttpHeader("Rowhook-Event-Ids", String.join(",", ids)));
    headers.add(
        new HttpHeader(
            "Rowhook-Sequence",
            sequences.stream().map(Object::toString).collect(Collectors.joining(","))));
    headers.add(new HttpHeader("Rowhook-Attempt", Integer.toString(attempt)));
    headers.add(new HttpHeader("Rowhook-Request-Id", requestId));
    if (redelivery > 0) {
      headers.add(new HttpHeader("Rowhook-Redelivery", Integer.toString(redelivery)));
    }
    return headers;
  }

  /**
   * Up to when the recipient has everything that was committed in the source.
   *
   * @param instant by the source's clock
   */
  public static HttpHeader completeTo(Instant instant) {
    return new HttpHeader("Rowhook-Complete-To", MICROSECONDS.format(instant));
  }

  /**
   * The id of the event, if there is but one; of several, one that only these in this order have.
   */
  public static String batchId(List<String> ids) {
    if (ids.size() == 1) {
      return ids.getFirst();
    }
    try {
      byte[] all = String.join("\n", ids).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(all);
      return "batch_" + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The recipient's own headers. */
  public static List<HttpHeader> own(RequestOptions request) {
    return request.headers().entrySet().stream()
        .map(header -> new HttpHeader(header.getKey(), header.getValue().reveal()))
        .toList();
  }

  /**
   * A value that cannot end its header or begin another: control and non-ASCII characters are
   * percent-encoded as UTF-8, and so is the percent sign, so that it can be read back; also a space
   * at either end, which HTTP would drop.
   */
  public static String safe(String value) {
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
  public static String shortened(String encoded) {
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
