package io.rowhook.entity.schema;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the types of key columns let Rowhook conclude of keys. */
final class KeyTypes {

  private KeyTypes() {}

  /** Whether two rows have the same key where it is the same as sent. */
  static boolean isExact(
      TableMetadata child, List<String> key, @Nullable TableMetadata parent, List<String> target) {
    return parent == null
        || key.size() != target.size()
        || (key.stream().allMatch(name -> isExact(child, name))
            && target.stream().allMatch(name -> isExact(parent, name))
            && IntStream.range(0, key.size())
                .noneMatch(i -> differ(column(child, key.get(i)), column(parent, target.get(i)))));
  }

  /** A date and a timestamp can be equal, and are not sent the same. */
  private static boolean differ(
      Optional<TableMetadata.Column> one, Optional<TableMetadata.Column> other) {
    return one.isPresent()
        && other.isPresent()
        && one.get().type() != other.get().type()
        && one.get().isDate()
        && other.get().isDate();
  }

  private static Optional<TableMetadata.Column> column(TableMetadata facts, String name) {
    return facts.allColumns().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  private static boolean isExact(TableMetadata facts, String column) {
    return facts.allColumns().stream().noneMatch(one -> one.name().equals(column) && !one.exact());
  }

  /** A key's table, its columns and their types, in one text: another one orders otherwise. */
  static String shape(TableId table, @Nullable TableMetadata facts, List<String> key) {
    List<String> columns = new ArrayList<>();
    for (String name : key) {
      columns.add(
          name
              + ":"
              + (facts == null
                  ? 0
                  : column(facts, name).map(TableMetadata.Column::type).orElse(0L)));
    }
    return table + columns.toString();
  }

  /** Whether a key is one whole number. */
  static boolean isNumber(@Nullable TableMetadata facts, List<String> key) {
    return key.size() == 1 && wholeNumbers(facts, key).size() == 1;
  }

  /** Those of some columns that are whole numbers. */
  static Set<String> wholeNumbers(@Nullable TableMetadata facts, List<String> columns) {
    return facts == null
        ? Set.of()
        : columns.stream()
            .filter(
                name -> column(facts, name).filter(TableMetadata.Column::isWholeNumber).isPresent())
            .collect(Collectors.toUnmodifiableSet());
  }
}
