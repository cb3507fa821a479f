package io.rowhook.capture.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.decode.PostgresValueParser.BadValueException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a transaction says to Rowhook by {@code pg_logical_emit_message(true, 'rowhook',
 * '{...}')}. Whoever may write to the database may say anything there, so nothing in it stops
 * capture: what is no small JSON object breaks a rule, and is ignored. Stateless.
 *
 * <p>The format is that of {@code Message} in PostgreSQL's "Logical Replication Message Formats".
 */
public final class LogicalMessage {

  /** How deep it may be nested; the object itself is the first level. */
  static final int MAX_DEPTH = 10;

  private static final int TRANSACTIONAL = 1;

  private LogicalMessage() {}

  /**
   * Whether a message belongs to its transaction, has Rowhook's prefix and says something. Empty
   * ones only move the slot.
   */
  public static boolean isForRowhook(ByteBuffer message) {
    try {
      MessageCursor cursor = new MessageCursor(message);
      cursor.skip(1);
      return isForRowhook(cursor) && cursor.int32() != 0;
    } catch (IndexOutOfBoundsException e) {
      return false; // cut off within its prefix
    }
  }

  /**
   * What whoever sent this one to Rowhook in vain has to know; null: it is others', or says
   * nothing. There is one sentence for each way to write the prefix, and not many.
   */
  public static @Nullable String missed(ByteBuffer message) {
    MessageCursor cursor = new MessageCursor(message);
    try {
      cursor.skip(1);
      boolean transactional = (cursor.int8() & TRANSACTIONAL) != 0;
      cursor.skip(Long.BYTES); // its position
      String prefix = cursor.text();
      boolean exact = prefix.equals(SourceConfig.MESSAGE_PREFIX);
      if (!prefix.equalsIgnoreCase(SourceConfig.MESSAGE_PREFIX)
          || (exact && transactional)
          || cursor.int32() == 0) {
        return null;
      }
      String why =
          (exact ? "" : "it is not written in small letters")
              + (exact || transactional ? "" : ", and ")
              + (transactional ? "" : "it is not transactional, so that it is about no row");
      return "a message with the prefix %s is ignored: %s. Write pg_logical_emit_message(true, '%s', ...) in the transaction that it is about"
          .formatted(prefix, why, SourceConfig.MESSAGE_PREFIX);
    } catch (IndexOutOfBoundsException e) {
      return null; // cut off within its prefix
    }
  }

  private static boolean isForRowhook(MessageCursor cursor) {
    boolean transactional = (cursor.int8() & TRANSACTIONAL) != 0;
    cursor.skip(Long.BYTES); // its position
    return transactional && cursor.text().equals(SourceConfig.MESSAGE_PREFIX);
  }

  /** Hands what one says to the sink. */
  static void read(MessageCursor cursor, ChangeSink sink) {
    if (!isForRowhook(cursor)) {
      return;
    }
    int length = cursor.int32();
    if (length > ChangeSink.MAX_MESSAGE_BYTES) {
      sink.ignore(ChangeSink.MESSAGE_TOO_LARGE);
      return;
    }
    ObjectNode content;
    try {
      content = parse(ByteBuffer.wrap(cursor.bytes, cursor.skip(length), length));
    } catch (BadValueException e) {
      sink.ignore(String.valueOf(e.getMessage()));
      return;
    }
    sink.message(content);
  }

  /**
   * Reads its content.
   *
   * @throws BadValueException with the rule that it breaks
   */
  static ObjectNode parse(ByteBuffer content) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(content).toString();
    } catch (CharacterCodingException e) {
      throw new BadValueException(
          "it is no UTF-8: PostgreSQL does not convert messages, so where the database has another encoding, write other characters as \\u00fc");
    }
    check(text);
    if (!(PostgresJsonParser.parse(text) instanceof ObjectNode object)) {
      throw new BadValueException("it is no JSON object");
    }
    // numbers with an exponent are written out in events
    if (Json.text(object).getBytes(StandardCharsets.UTF_8).length > ChangeSink.MAX_MESSAGE_BYTES) {
      throw new BadValueException(ChangeSink.MESSAGE_TOO_LARGE);
    }
    return object;
  }

  /** Goes through it before a tree is made. */
  private static void check(String text) {
    int depth = 0;
    boolean first = true;
    try (JsonParser parser = Json.MAPPER.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 0 && !(first && token == JsonToken.START_OBJECT)) {
          throw new BadValueException("it is no JSON object");
        }
        first = false;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth > MAX_DEPTH) {
          throw new BadValueException("it is nested deeper than " + MAX_DEPTH);
        }
      }
    } catch (IOException e) {
      throw new BadValueException("it is no JSON object"); // the cause quotes it: leave it out
    }
  }
}
