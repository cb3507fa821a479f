package io.rowhook.capture;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which of a table's columns are wanted: only some, or all but some. Immutable.
 *
 * @param include these and no others; empty: all
 * @param exclude not these; empty where {@code include} is not
 */
public record ColumnFilter(List<String> include, List<String> exclude) {

  /** Every column. */
  public static final ColumnFilter ALL = new ColumnFilter(List.of(), List.of());

  public ColumnFilter {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    if (!include.isEmpty() && !exclude.isEmpty()) {
      throw new IllegalArgumentException("columns are included or excluded, not both");
    }
  }

  /** All but these. */
  public static ColumnFilter without(List<String> exclude) {
    return new ColumnFilter(List.of(), exclude);
  }

  /** These only; all where there are none. */
  public static ColumnFilter only(List<String> include) {
    return new ColumnFilter(include, List.of());
  }

  public boolean isAll() {
    return include.isEmpty() && exclude.isEmpty();
  }

  /** True if it is wanted. */
  public boolean test(String column) {
    return include.isEmpty() ? !exclude.contains(column) : include.contains(column);
  }

  /** The columns that it names, which must exist. */
  public List<String> named() {
    return include.isEmpty() ? exclude : include;
  }

  /** This, and some more. */
  public ColumnFilter and(Collection<String> more) {
    if (include.isEmpty()) {
      return without(exclude.stream().filter(column -> !more.contains(column)).toList());
    }
    return only(Stream.concat(include.stream(), more.stream()).distinct().toList());
  }

  /** What one of the two wants. */
  public ColumnFilter or(ColumnFilter other) {
    if (!include.isEmpty() && !other.include.isEmpty()) {
      return only(Stream.concat(include.stream(), other.include.stream()).distinct().toList());
    }
    if (!include.isEmpty()) {
      return other.or(this);
    }
    return without(exclude.stream().filter(column -> !other.test(column)).toList());
  }
}
