package io.rowhook.entity.schema;

import io.rowhook.capture.TableMetadata;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the types of key columns let Rowhook conclude of keys. */
final class KeyTypes {

  /** PostgreSQL's OIDs of smallint, integer and bigint: {@code pg_type.dat}. */
  private static final Set<Long> WHOLE_NUMBERS = Set.of(21L, 23L, 20L);

  /** {@code date}, {@code timestamp}, {@code timestamptz}: these can be compared. */
  private static final Set<Long> DATES = Set.of(1082L, 1114L, 1184L);

  private KeyTypes() {}

  /** Whether two rows have the same key where it is the same as sent. */
  static boolean isExact(
      TableMetadata child, List<String> key, @Nullable TableMetadata parent, List<String> target) {
    return parent == null
        || key.size() != target.size()
        || (key.stream().allMatch(name -> isExact(child, name))
            && target.stream().allMatch(name -> isExact(parent, name))
            && IntStream.range(0, key.size())
                .noneMatch(i -> differ(type(child, key.get(i)), type(parent, target.get(i)))));
  }

  /** A date and a timestamp can be equal, and are not sent the same. */
  private static boolean differ(long one, long other) {
    return one != other && DATES.contains(one) && DATES.contains(other);
  }

  private static long type(TableMetadata facts, String column) {
    return facts.allColumns().stream()
        .filter(one -> one.name().equals(column))
        .mapToLong(TableMetadata.Column::type)
        .findFirst()
        .orElse(0);
  }

  private static boolean isExact(TableMetadata facts, String column) {
    return facts.allColumns().stream().noneMatch(one -> one.name().equals(column) && !one.exact());
  }

  /** Whether a key is one whole number. */
  static boolean isNumber(@Nullable TableMetadata facts, List<String> key) {
    return facts != null
        && facts.allColumns().stream()
            .anyMatch(column ->
                key.equals(List.of(column.name())) && WHOLE_NUMBERS.contains(column.type()));
  }
}
