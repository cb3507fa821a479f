package io.rowhook.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.lookup.RowConditions;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of a key's columns, in its order: what a row is found by, and what it refers to
 * another row by. Two are equal where PostgreSQL would find the same row, also if one column is an
 * {@code integer} and the other a {@code numeric}. Immutable.
 */
public final class RowKey {

  private final List<JsonNode> values;

  private RowKey(List<JsonNode> values) {
    this.values = List.copyOf(values);
  }

  /** The reverse of {@link #text}. */
  public static RowKey parse(String text) {
    try {
      List<JsonNode> values = new ArrayList<>();
      Json.MAPPER.readTree(text).forEach(values::add);
      return new RowKey(values);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a key", e); // the text may be personal data
    }
  }

  /** A key of one column. */
  public static RowKey of(JsonNode value) {
    return new RowKey(List.of(whole(value)));
  }

  /**
   * An entity's id.
   *
   * @param id the value of a single column, or an object of several
   */
  public static RowKey ofId(JsonNode id, List<String> columns) {
    return columns.size() == 1
        ? of(id)
        : new RowKey(columns.stream().map(id::get).map(RowKey::whole).toList());
  }

  /** Empty where the row is unknown, there are no columns, or one is unknown or null. */
  public static Optional<RowKey> of(@Nullable ObjectNode row, List<String> columns) {
    if (row == null || columns.isEmpty()) {
      return Optional.empty();
    }
    List<JsonNode> values = new ArrayList<>(columns.size());
    for (String column : columns) {
      JsonNode value = row.get(column);
      if (value == null || value.isNull()) {
        return Optional.empty();
      }
      values.add(whole(value));
    }
    return Optional.of(new RowKey(values));
  }

  /**
   * Some of its values as a key of their own.
   *
   * @param columns its columns
   * @param some of these
   */
  public RowKey only(List<String> columns, List<String> some) {
    return new RowKey(some.stream().map(name -> values.get(columns.indexOf(name))).toList());
  }

  /** In the order of the columns. */
  public List<JsonNode> values() {
    return values;
  }

  /**
   * A value as PostgreSQL reads it.
   *
   * @param base of the column that it comes from, see {@link TableColumns#bases}
   */
  public String sql(int column, String base) {
    JsonNode value = values.get(column);
    if (!value.isTextual() || "jsonb".equals(base)) {
      return Json.text(value);
    }
    return RowConditions.text(value.textValue(), base);
  }

  /** All of it in one text, different for different keys. */
  public String text() {
    ArrayNode array = Json.MAPPER.createArrayNode();
    values.forEach(array::add);
    return values.stream().anyMatch(JsonNode::isContainerNode)
        ? Json.text(array)
        : array.toString();
  }

  private static JsonNode whole(JsonNode value) {
    return value.isNumber() ? plain(value) : value;
  }

  /** One way to write each number: 7 for 7.00. */
  private static JsonNode plain(JsonNode value) {
    if (value.isInt()) {
      return value;
    }
    BigDecimal number = value.decimalValue();
    if (number.stripTrailingZeros().scale() > 0) {
      return DecimalNode.valueOf(number.stripTrailingZeros());
    }
    BigInteger whole = number.toBigInteger();
    int bits = whole.bitLength();
    return bits < Integer.SIZE
        ? IntNode.valueOf(whole.intValue())
        : bits < Long.SIZE ? LongNode.valueOf(whole.longValue()) : BigIntegerNode.valueOf(whole);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowKey key && values.equals(key.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "RowKey"; // no values: a key can be personal data
  }
}
