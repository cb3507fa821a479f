package io.rowhook.base;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8JsonGenerator;
import com.fasterxml.jackson.core.json.WriterBasedJsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.math.BigDecimal;

/**
 * The one way JSON is read and written between the rooms: numbers keep every digit, trailing zeros
 * included, and never pass through a double. They are written plain, as PostgreSQL writes a {@code
 * numeric}; with an exponent only where that would take zeros that PostgreSQL has not written
 * either ({@link #number}), so that the few characters of {@code 1e999999999} never become many.
 */
public final class Json {

  /** The most digits of a numeric after its point. */
  public static final int MAX_SCALE = 16_383;

  /** The most zeros that stand for an exponent. */
  private static final int MAX_ZEROS = 40;

  /** A numeric of PostgreSQL may have 131,072 digits before its point and 16,383 after it. */
  public static final int MAX_DIGITS = 131_072 + MAX_SCALE;

  /** What is read may have a sign, a point, and the zeros that {@link #number} adds. */
  private static final int MAX_NUMBER_CHARACTERS = MAX_DIGITS + 2 * MAX_ZEROS;

  /** A text of PostgreSQL may have 1 GB; Jackson's limit would refuse it at 20 MB. */
  private static final int MAX_TEXT_CHARACTERS = Integer.MAX_VALUE;

  /** A value of type json may be nested deeper than Jackson reads by default. */
  public static final int MAX_DEPTH = 2_000;

  /** So many levels more stand around a value in its event, and in what is made of that. */
  private static final int AROUND = 20;

  /** Any thread. */
  public static final JsonMapper MAPPER = build();

  private Json() {}

  /**
   * A number as it is written: plain, unless it is larger than its digits by more than 40 zeros, or
   * smaller than any numeric. The first only comes from an exponent in a json; a tiny numeric has
   * its zeros in PostgreSQL too.
   */
  public static String number(BigDecimal number) {
    return number.scale() < -MAX_ZEROS || number.scale() > MAX_SCALE
        ? number.toString()
        : number.toPlainString();
  }

  /** JSON as text, however deep it is nested: {@link JsonNode#toString} ends at 1,000 levels. */
  public static String text(JsonNode json) {
    try {
      return json.isContainerNode() ? MAPPER.writeValueAsString(json) : json.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("JSON that cannot be written", e); // without its values
    }
  }

  private static JsonMapper build() {
    JsonMapper mapper =
        JsonMapper.builder(new Factory())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNumberLength(MAX_NUMBER_CHARACTERS)
                .maxStringLength(MAX_TEXT_CHARACTERS)
                .maxNestingDepth(MAX_DEPTH + AROUND)
                .build());
    mapper
        .getFactory()
        .setStreamWriteConstraints(
            StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH + 2 * AROUND).build());
    return mapper;
  }

  /** Makes generators that write numbers as {@link #number} says. */
  private static final class Factory extends JsonFactory {
    private static final long serialVersionUID = 1;

    @Override
    protected JsonGenerator _createGenerator(Writer out, IOContext context) throws IOException {
      return _decorate(
          new WriterBasedJsonGenerator(context, _generatorFeatures, _objectCodec, out, _quoteChar) {
            @Override
            protected String _asString(BigDecimal value) {
              return number(value);
            }
          });
    }

    @Override
    protected JsonGenerator _createUTF8Generator(OutputStream out, IOContext context)
        throws IOException {
      return _decorate(
          new UTF8JsonGenerator(context, _generatorFeatures, _objectCodec, out, _quoteChar) {
            @Override
            protected String _asString(BigDecimal value) {
              return number(value);
            }
          });
    }
  }
}
