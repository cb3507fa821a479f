package io.rowhook.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The one way JSON is read and written between the rooms: numbers keep every digit, trailing zeros
 * included, and never pass through a double; they are written plain, without an exponent.
 */
public final class ExactJson {

  /** A numeric of PostgreSQL may have 131,072 digits before its point and 16,383 after it. */
  private static final int MAX_NUMBER_DIGITS = 150_000;

  /** A text of PostgreSQL may have 1 GB; Jackson's limit would refuse it at 20 MB. */
  private static final int MAX_TEXT_CHARACTERS = Integer.MAX_VALUE;

  /** A value of type json may be nested deeper than Jackson reads by default. */
  static final int MAX_DEPTH = 2_000;

  /** So many levels more stand around a value in its event, and in what is made of that. */
  private static final int AROUND = 20;

  /** Any thread. */
  public static final JsonMapper MAPPER = build();

  private ExactJson() {}

  private static JsonMapper build() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNumberLength(MAX_NUMBER_DIGITS)
                .maxStringLength(MAX_TEXT_CHARACTERS)
                .maxNestingDepth(MAX_DEPTH + AROUND)
                .build());
    mapper
        .getFactory()
        .setStreamWriteConstraints(
            StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH + 2 * AROUND).build());
    return mapper;
  }
}
