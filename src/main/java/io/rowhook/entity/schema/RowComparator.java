package io.rowhook.entity.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.entity.OrderBy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The order of a part's rows: by the columns asked for, then by the primary key. Numbers as
 * numbers, dates as dates, all else by the code points of its text, whatever the source's collation
 * is. Immutable.
 */
public final class RowComparator implements Comparator<ObjectNode> {

  private final List<OrderBy> columns;
  private final Set<String> dates;

  RowComparator(List<OrderBy> orderBy, TableMetadata facts) {
    Map<String, OrderBy> asked =
        orderBy.stream().collect(Collectors.toMap(OrderBy::column, by -> by));
    List<OrderBy> all = new ArrayList<>(orderBy);
    facts.primaryKey().stream()
        .filter(column -> !asked.containsKey(column))
        .map(OrderBy::new)
        .forEach(all::add);
    columns = List.copyOf(all);
    dates =
        facts.allColumns().stream()
            .filter(TableMetadata.Column::isDate)
            .map(Column::name)
            .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public int compare(ObjectNode one, ObjectNode other) {
    for (OrderBy by : columns) {
      int compared = compare(one.get(by.column()), other.get(by.column()), by);
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private int compare(@Nullable JsonNode one, @Nullable JsonNode other, OrderBy by) {
    boolean noOne = one == null || one.isNull();
    boolean noOther = other == null || other.isNull();
    if (one == null || other == null || noOne || noOther) {
      int nullLast = Boolean.compare(noOne, noOther);
      return by.nullsFirst() ? -nullLast : nullLast;
    }
    int compared =
        one.isNumber() || other.isNumber()
            ? compareNumbers(one, other)
            : dates.contains(by.column())
                ? compareDates(one.asText(), other.asText())
                : compareText(one.asText(), other.asText());
    return by.descending() ? -compared : compared;
  }

  /** As PostgreSQL: NaN is larger than all numbers. */
  private static int compareNumbers(JsonNode one, JsonNode other) {
    int byRank = Integer.compare(rank(one), rank(other));
    return byRank != 0 || !one.isNumber()
        ? byRank
        : one.decimalValue().compareTo(other.decimalValue());
  }

  private static int rank(JsonNode number) {
    if (number.isNumber()) {
      return 0;
    }
    return switch (number.asText()) {
      case "-Infinity" -> -1;
      case "Infinity" -> 1;
      default -> 2;
    };
  }

  private static int compareDates(String one, String other) {
    int byYear = Long.compare(year(one), year(other));
    return byYear != 0 ? byYear : compareText(withinYear(one), withinYear(other));
  }

  private static long year(String date) {
    if (date.endsWith("infinity")) {
      return date.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    int end = date.indexOf('-', 1);
    return Long.parseLong(date.substring(0, end));
  }

  /** Without the Z, which would stand after the point of a fraction. */
  private static String withinYear(String date) {
    int end = date.indexOf('-', 1);
    String rest = end < 0 ? "" : date.substring(end);
    return rest.endsWith("Z") ? rest.substring(0, rest.length() - 1) : rest;
  }

  /** UTF-16 has the characters beyond the first plane before some of that plane. */
  private static int compareText(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        boolean beyond = Character.isSurrogate(a) != Character.isSurrogate(b);
        return beyond ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
