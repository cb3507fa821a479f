package io.rowhook.journal.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row as a record of JSON, which any Kafka tool shows: the key an array of the table's name and
 * the values of its primary key, the value an object by column, nulls left out. Bytes are an object
 * of one field: {@code utf8} where they are UTF-8, else {@code base64}. Any thread.
 */
public final class RowCodec {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String TEXT = "utf8";
  private static final String BYTES = "base64";

  private RowCodec() {}

  /** The key of a row's record. */
  public static byte[] key(RowChange change) {
    return write(json -> {
      json.writeStartArray();
      json.writeString(change.table().name());
      for (Object value : change.key()) {
        writeValue(json, value);
      }
      json.writeEndArray();
    });
  }

  /** The value of a row's record; null: it is gone. */
  public static byte @Nullable [] value(RowChange change) {
    Map<String, Object> row = change.row();
    if (row == null) {
      return null;
    }
    return write(json -> {
      json.writeStartObject();
      for (Map.Entry<String, Object> column : row.entrySet()) {
        json.writeFieldName(column.getKey());
        writeValue(json, column.getValue());
      }
      json.writeEndObject();
    });
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      writing.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    }
    return bytes.toByteArray();
  }

  private static void writeValue(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case String text -> json.writeString(text);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case byte[] bytes -> {
        json.writeStartObject();
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
          json.writeStringField(TEXT, text);
        } else {
          json.writeBinaryField(BYTES, bytes);
        }
        json.writeEndObject();
      }
      default -> throw new IllegalStateException("no column has a " + value.getClass());
    }
  }

  /**
   * Reads a record.
   *
   * @param value null: the row is gone
   * @param tables the table of a name; null: none
   * @throws JournalException if it is none of this version's, or not Rowhook's at all
   */
  public static RowChange read(
      byte[] key, byte @Nullable [] value, Function<String, @Nullable SharedTable> tables) {
    try (JsonParser json = JSON.createParser(key)) {
      expect(json.nextToken(), JsonToken.START_ARRAY);
      expect(json.nextToken(), JsonToken.VALUE_STRING);
      SharedTable table = tables.apply(json.getText());
      if (table == null) {
        throw newer("a table " + json.getText());
      }
      List<Object> values = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        values.add(readValue(json));
      }
      if (values.size() != table.key().size()) {
        throw newer("a table " + table.name() + " with another key");
      }
      return new RowChange(table, values, value == null ? null : row(table, value));
    } catch (IOException e) {
      throw foreign(e);
    }
  }

  private static Map<String, Object> row(SharedTable table, byte[] value) throws IOException {
    Map<String, Object> row = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(value)) {
      expect(json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String column = json.currentName();
        if (!table.columns().contains(column)) {
          throw newer("a column " + table.name() + "." + column);
        }
        json.nextToken();
        row.put(column, readValue(json));
      }
    }
    return row;
  }

  private static Object readValue(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getLongValue();
      case START_OBJECT -> {
        expect(json.nextToken(), JsonToken.FIELD_NAME);
        boolean text = json.currentName().equals(TEXT);
        json.nextToken();
        byte[] bytes =
            text ? json.getText().getBytes(StandardCharsets.UTF_8) : json.getBinaryValue();
        expect(json.nextToken(), JsonToken.END_OBJECT);
        yield bytes;
      }
      default -> throw foreign(new IOException("unexpected JSON"));
    };
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted) {
    if (found != wanted) {
      throw foreign(new IOException("unexpected JSON"));
    }
  }

  private static JournalException newer(String what) {
    return new JournalException(
        Kind.FOREIGN,
        "the log in Kafka has "
            + what
            + ", which this version of Rowhook does not know: it was written by a newer one. Run"
            + " that one here too");
  }

  private static JournalException foreign(IOException cause) {
    return new JournalException(
        Kind.FOREIGN,
        "the log in Kafka has a record that Rowhook did not write: nobody else may write to its"
            + " topics. Give Rowhook a topic-prefix of its own",
        cause);
  }
}
