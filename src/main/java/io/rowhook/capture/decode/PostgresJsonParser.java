package io.rowhook.capture.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.rowhook.base.Json;
import io.rowhook.capture.decode.PostgresValueParser.BadValueException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Reads values of type {@code json} and {@code jsonb}. A {@code json} is kept by PostgreSQL as it
 * was written, so it may hold what nothing else can: numbers of any size, texts that are no
 * Unicode, any depth. What cannot be sent on, or would take much more memory than the text itself,
 * is refused here. Stateless.
 */
final class PostgresJsonParser {

  private static final ObjectReader JSON = Json.MAPPER.reader();

  /** So many zeros may numbers with an exponent become in one value: a megabyte of them. */
  private static final long MAX_ZEROS = 1L << 20;

  private PostgresJsonParser() {}

  /**
   * Reads one.
   *
   * @throws BadValueException with the rule that it breaks
   */
  static JsonNode parse(String text) {
    try (JsonParser parser = parser(text)) {
      JsonNode value = JSON.readTree(parser);
      if (text.contains("\\ud") || text.contains("\\uD")) {
        checkTexts(value);
      }
      return value;
    } catch (JsonProcessingException e) {
      // the cause quotes the value: leave it out
      throw new BadValueException(
          "json nested deeper than %d, with a number of more than %d digits, or not readable"
              .formatted(Json.MAX_DEPTH, Json.MAX_DIGITS));
    } catch (IOException e) {
      throw new BadValueException("json that is not readable");
    } catch (ArithmeticException | NumberFormatException e) {
      throw new BadValueException("json with a number of an exponent beyond " + Integer.MAX_VALUE);
    }
  }

  private static JsonParser parser(String text) throws IOException {
    JsonParser parser = JSON.createParser(text);
    return text.length() > Json.MAX_DIGITS || text.contains("e-") || text.contains("E-")
        ? new Bounded(parser)
        : parser;
  }

  /** Counts what its numbers will take when they are written. */
  private static final class Bounded extends JsonParserDelegate {
    private long zeros;

    Bounded(JsonParser parser) {
      super(parser);
    }

    @Override
    public BigDecimal getDecimalValue() throws IOException {
      BigDecimal number = super.getDecimalValue();
      if (number.precision() > Json.MAX_DIGITS) {
        throw new BadValueException(
            "json with a number of more than " + Json.MAX_DIGITS + " digits");
      }
      if (number.scale() <= Json.MAX_SCALE) {
        zeros += Math.max(0, number.scale() - number.precision());
      }
      if (zeros > MAX_ZEROS) {
        throw new BadValueException("json whose small numbers have too many zeros");
      }
      return number;
    }
  }

  private static void checkTexts(JsonNode value) {
    if (value.isTextual()) {
      checkText(value.textValue());
    } else if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        checkText(field.getKey());
        checkTexts(field.getValue());
      }
    } else {
      value.forEach(PostgresJsonParser::checkTexts);
    }
  }

  private static void checkText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new BadValueException(
            "json with one half of a surrogate pair, which is no Unicode text");
      }
    }
  }
}
