package io.rowhook.settings.yaml;

import io.rowhook.base.DidYouMean;
import io.rowhook.template.Condition;
import io.rowhook.template.TemplateException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scalar must be, and what it becomes. The value is given with its references resolved. */
@FunctionalInterface
public interface ValueParser<T> {

  T apply(String value) throws InvalidValueException;

  /** Any text but none at all. */
  static ValueParser<String> text() {
    return value -> {
      if (value.isBlank()) {
        throw InvalidValueException.hidden("is empty", "Give it a value.");
      }
      return value;
    };
  }

  /** {@code true} or {@code false}. */
  static ValueParser<Boolean> flag() {
    return value ->
        switch (value) {
          case "true" -> true;
          case "false" -> false;
          default ->
              throw InvalidValueException.because("must be true or false", "Write one of the two.");
        };
  }

  /** A whole number within limits, both included. */
  static ValueParser<Integer> integer(int min, int max) {
    return value -> {
      try {
        int number = Integer.parseInt(value);
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // told below, in the words of the rule
      }
      throw InvalidValueException.because(
          "must be a whole number from " + min + " to " + max, "Write for example " + min + ".");
    };
  }

  /** A part of one, from 0 to 1. */
  static ValueParser<Double> part() {
    return value -> {
      if (value.matches("[0-9]{1,3}(\\.[0-9]{1,9})?")) {
        double part = new BigDecimal(value).doubleValue();
        if (part <= 1) {
          return part;
        }
      }
      throw InvalidValueException.because(
          "must be a number from 0 to 1", "Write for example 0.2 for 20 %.");
    };
  }

  /** One of the names of an enum, spelt exactly so. */
  static <E extends Enum<E>> ValueParser<E> oneOf(Class<E> type) {
    List<E> all = Arrays.asList(type.getEnumConstants());
    List<String> names = all.stream().map(Enum::name).toList();
    return value -> {
      int index = names.indexOf(value);
      if (index < 0) {
        throw InvalidValueException.because(
            "must be one of " + String.join(", ", names),
            DidYouMean.to(value, names)
                .map(near -> "Did you mean " + near + "?")
                .orElse("Write one of these."));
      }
      return all.get(index);
    };
  }

  /** A condition in JSLT; stays text. */
  static ValueParser<String> condition(String example) {
    return value -> {
      try {
        Condition.compile("the condition", value);
        return value;
      } catch (TemplateException e) {
        throw InvalidValueException.because(
            "must be a condition in JSLT (" + e.getMessage() + ")",
            "Write for example " + example + ".");
      }
    };
  }

  /** {@code 500ms 5s 10m 1h 10d}, within limits, both included. */
  static ValueParser<Duration> duration(Duration min, Duration max) {
    return value -> {
      Duration duration =
          Duration.ofMillis(
              quantity(value, DURATION, MILLIS, "a duration", "500ms, 5s, 10m, 1h or 10d"));
      if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
        throw InvalidValueException.because(
            "must be from " + written(min) + " to " + written(max), "Write a duration in between.");
      }
      return duration;
    };
  }

  /** {@code 500B 64KB 10MB 2GB 1TB}, as bytes; as in PostgreSQL's settings 1 KB is 1024 bytes. */
  static ValueParser<Long> bytes() {
    return value -> quantity(value, SIZE, BYTES, "a size", "64KB, 10MB or 2GB");
  }

  /** As {@link #bytes()}, but not less than this. */
  static ValueParser<Long> bytes(long min, String example) {
    return value -> {
      long bytes = bytes().apply(value);
      if (bytes < min) {
        throw InvalidValueException.because(
            "must be at least " + size(min), "Write for example " + example + ".");
      }
      return bytes;
    };
  }

  /** As one writes it in a file, in the largest unit that leaves nothing over. */
  static String size(long bytes) {
    for (String unit : List.of("TB", "GB", "MB", "KB")) {
      long one = BYTES.getOrDefault(unit, 1L);
      if (bytes > 0 && bytes % one == 0) {
        return bytes / one + unit;
      }
    }
    return bytes + "B";
  }

  /** As one writes it in a file, in the largest unit that leaves nothing over. */
  static String written(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : List.of("d", "h", "m", "s")) {
      long one = MILLIS.getOrDefault(unit, 1L);
      if (millis > 0 && millis % one == 0) {
        return millis / one + unit;
      }
    }
    return millis + "ms";
  }

  Pattern DURATION = Pattern.compile("([0-9]{1,15})(ms|s|m|h|d)");
  Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  Pattern SIZE = Pattern.compile("([0-9]{1,15})(B|KB|MB|GB|TB)");
  Map<String, Long> BYTES =
      Map.of("B", 1L, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);

  private static long quantity(
      String value, Pattern form, Map<String, Long> units, String what, String examples)
      throws InvalidValueException {
    Matcher matcher = form.matcher(value);
    if (!matcher.matches()) {
      throw InvalidValueException.because(
          "must be " + what + ": a whole number and a unit", "Write for example " + examples + ".");
    }
    try {
      return Math.multiplyExact(
          Long.parseLong(matcher.group(1)), units.getOrDefault(matcher.group(2), 1L));
    } catch (ArithmeticException e) {
      throw InvalidValueException.because(
          "is too large for " + what, "Write for example " + examples + ".");
    }
  }
}
