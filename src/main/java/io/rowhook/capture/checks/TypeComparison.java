package io.rowhook.capture.checks;

import io.rowhook.capture.catalog.ColumnType;
import io.rowhook.capture.catalog.ColumnType.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether all values of a type are sent and compared as the same values by another one. One rule:
 * two types that are not the same differ, unless the other one is {@link #WIDER} and has room for
 * as much; types that are made of others differ where these do. Stateless.
 */
final class TypeComparison {

  private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
  private static final Set<String> TEXTS = Set.of("text", "varchar");

  /** Types, and those that have each of their values as it is. */
  private static final Map<String, Set<String>> WIDER =
      Map.of(
          "int2", INTEGERS,
          "int4", INTEGERS,
          "int8", INTEGERS, // all that are there fit, or PostgreSQL refuses it
          "text", TEXTS,
          "varchar", TEXTS,
          "name", TEXTS,
          "uuid", TEXTS,
          "json", Set.of("jsonb"),
          "jsonb", Set.of("json"),
          "bit", Set.of("varbit"));

  /** Those whose modifier is the most that a value can have; without one there is no limit. */
  private static final Set<String> LIMITED =
      Set.of("varchar", "varbit", "time", "timetz", "timestamp", "timestamptz");

  /** Those whose values are filled up, or have exactly this length. */
  private static final Set<String> FILLED = Set.of("bpchar", "bit");

  /** What a length or precision is kept with: {@code VARHDRSZ}. */
  private static final int HEADER = 4;

  private TypeComparison() {}

  /** What is different, in words; empty: nothing that anyone sees. */
  static Optional<String> difference(ColumnType here, ColumnType there) {
    return difference(here, there, false);
  }

  /** The labels of an enum, or of one in an array. */
  static List<String> labels(ColumnType type) {
    return type.kind() == Kind.ARRAY ? labels(type.parts().getFirst()) : type.labels();
  }

  /**
   * @param text whether what is seen is PostgreSQL's own text, in which 1.0 is not 1.00
   */
  private static Optional<String> difference(ColumnType here, ColumnType there, boolean text) {
    if (!here.sentAs().equals(there.sentAs())) {
      return Optional.of(here.sentAs() + " becomes " + there.sentAs());
    }
    if (here.kind() == Kind.ENUM) {
      // its values are looked at by themselves
      boolean alike = there.kind() == Kind.ENUM || TEXTS.contains(there.name());
      return alike ? limit(here, there) : other(here, there);
    }
    if (here.kind() != there.kind()) {
      return TEXTS.contains(there.name()) ? limit(here, there) : other(here, there);
    }
    if (!here.parts().isEmpty()) {
      return parts(here, there, text || here.kind() != Kind.ARRAY);
    }
    return scalar(here, there, text);
  }

  private static Optional<String> parts(ColumnType here, ColumnType there, boolean text) {
    if (here.parts().size() != there.parts().size()) {
      return Optional.of(
          "it has other fields: %d instead of %d"
              .formatted(there.parts().size(), here.parts().size()));
    }
    for (int i = 0; i < here.parts().size(); i++) {
      Optional<String> differs = difference(here.parts().get(i), there.parts().get(i), text);
      if (differs.isPresent()) {
        return differs.map(how ->
            here.kind() == Kind.ROW
                ? "of the values in it, " + how
                : here.kind() == Kind.RANGE ? "of its bounds, " + how : "of its elements, " + how);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> scalar(ColumnType here, ColumnType there, boolean text) {
    String name = here.name();
    String nameThere = there.name();
    if (name.equals("bpchar") != nameThere.equals("bpchar")) {
      return Optional.of(
          name.equals("bpchar")
              ? "values are no longer filled up with blanks"
              : "values are filled up with blanks");
    }
    if (!name.equals(nameThere) && !WIDER.getOrDefault(name, Set.of()).contains(nameThere)) {
      return name.startsWith("float")
          ? Optional.of("the same number has other digits")
          : other(here, there);
    }
    if (name.equals("numeric")) {
      return numeric(here, there, text);
    }
    if (LIMITED.contains(nameThere)) {
      return limit(here, there);
    }
    if (here.modifier() == there.modifier() || !name.equals(nameThere)) {
      return Optional.empty();
    }
    if (FILLED.contains(name)) {
      return Optional.of("values are filled up to another length");
    }
    return there.modifier() < 0
        ? Optional.empty()
        : Optional.of("values are kept by another length or precision");
  }

  private static Optional<String> limit(ColumnType here, ColumnType there) {
    boolean limited = LIMITED.contains(here.name()) || here.name().equals("bit");
    if (there.modifier() < 0
        || (limited && here.modifier() >= 0 && there.modifier() >= here.modifier())) {
      return Optional.empty();
    }
    return Optional.of(
        switch (there.name()) {
          case "varchar" ->
              "there is no longer one of more than %d characters"
                  .formatted(there.modifier() - HEADER);
          case "varbit" ->
              "there is no longer one of more than %d bits".formatted(there.modifier());
          default -> "fractions of seconds are cut off";
        });
  }

  private static Optional<String> numeric(ColumnType here, ColumnType there, boolean text) {
    if (here.modifier() == there.modifier() || there.modifier() < 0) {
      return Optional.empty();
    }
    if (here.modifier() < 0 || scale(there) < scale(here)) {
      return Optional.of("digits after the full stop are cut off");
    }
    if (precision(there) - scale(there) < precision(here) - scale(here)) {
      return Optional.of(
          "there is no longer one of more than %d digits before the full stop"
              .formatted(precision(there) - scale(there)));
    }
    return text && scale(there) != scale(here)
        ? Optional.of("the same number has other digits")
        : Optional.empty();
  }

  private static int scale(ColumnType type) {
    return (((type.modifier() - HEADER) & 0x7ff) ^ 1024) - 1024;
  }

  private static int precision(ColumnType type) {
    return (type.modifier() - HEADER) >> 16;
  }

  private static Optional<String> other(ColumnType here, ColumnType there) {
    return Optional.of(
        "a value of type %s need not be written or compared as one of type %s"
            .formatted(there.name(), here.name()));
  }
}
