package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Exact decimal arithmetic for templates. JSLT's own operators go through a double, and overflow
 * silently beyond 64 bits; these take numbers, or text that is one, and give exact numbers with
 * their trailing zeros. Null in, null out, as with JSLT's own.
 */
final class DecimalFunctions {

  /** More is no number of PostgreSQL, and would not be read again. */
  private static final int MOST_DIGITS = 131_072 + 16_383;

  private static final int MOST_SCALE = 16_383;

  /** In words, since a digit in a message is taken for a value, and left out. */
  private static final List<String> ARGUMENTS = List.of("first", "second", "third", "fourth");

  private static final Map<String, RoundingMode> ROUNDINGS = roundings();

  static final List<Function> ALL =
      List.of(
          new Of("decimal-add", 2, 2, (of, n) -> number(of.decimal(n, 0).add(of.decimal(n, 1)))),
          new Of(
              "decimal-subtract",
              2,
              2,
              (of, n) -> number(of.decimal(n, 0).subtract(of.decimal(n, 1)))),
          new Of(
              "decimal-multiply",
              2,
              2,
              (of, n) -> number(of.decimal(n, 0).multiply(of.decimal(n, 1)))),
          new Of("decimal-divide", 3, 4, DecimalFunctions::divide),
          new Of(
              "decimal-round",
              2,
              3,
              (of, n) -> number(of.decimal(n, 0).setScale(of.scale(n, 1), of.rounding(n, 2)))),
          new Of(
              "decimal-compare",
              2,
              2,
              (of, n) -> IntNode.valueOf(of.decimal(n, 0).compareTo(of.decimal(n, 1)))));

  private DecimalFunctions() {}

  private static JsonNode divide(Of of, JsonNode[] n) {
    BigDecimal by = of.decimal(n, 1);
    if (by.signum() == 0) {
      throw new JsltException("decimal-divide(): division by zero");
    }
    return number(of.decimal(n, 0).divide(by, of.scale(n, 2), of.rounding(n, 3)));
  }

  /** Hundreds are 100, not 1E+2. */
  private static JsonNode number(BigDecimal value) {
    return DecimalNode.valueOf(value.scale() < 0 ? value.setScale(0) : value);
  }

  private static Map<String, RoundingMode> roundings() {
    Map<String, RoundingMode> all = new TreeMap<>();
    for (RoundingMode mode : RoundingMode.values()) {
      if (mode != RoundingMode.UNNECESSARY) {
        all.put(mode.name().toLowerCase(Locale.ROOT).replace('_', '-'), mode);
      }
    }
    return all;
  }

  private interface Body {
    JsonNode of(Of function, JsonNode[] arguments);
  }

  /** One function; its messages hold no value. */
  private record Of(String getName, int getMinArguments, int getMaxArguments, Body body)
      implements Function {

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      for (JsonNode argument : arguments) {
        if (argument.isNull()) {
          return NullNode.instance;
        }
      }
      return body.of(this, arguments);
    }

    BigDecimal decimal(JsonNode[] arguments, int index) {
      JsonNode argument = arguments[index];
      try {
        BigDecimal value = argument.isTextual() ? new BigDecimal(argument.asText().strip()) : null;
        value = argument.isNumber() ? argument.decimalValue() : value;
        if (value != null
            && value.precision() <= MOST_DIGITS
            && Math.abs((long) value.scale()) <= MOST_DIGITS) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw wrong(index, "must be a number, or text that is one");
      }
      throw wrong(index, "must be a number, or text that is one, of no more digits than numeric");
    }

    int scale(JsonNode[] arguments, int index) {
      JsonNode argument = arguments[index];
      if (!argument.isIntegralNumber()
          || argument.bigIntegerValue().abs().compareTo(BigInteger.valueOf(MOST_SCALE)) > 0) {
        throw wrong(index, "must be a number of decimal places");
      }
      return argument.intValue();
    }

    /** Half up, as invoices do, where none is named. */
    RoundingMode rounding(JsonNode[] arguments, int index) {
      if (arguments.length <= index) {
        return RoundingMode.HALF_UP;
      }
      RoundingMode mode =
          arguments[index].isTextual() ? ROUNDINGS.get(arguments[index].asText()) : null;
      if (mode == null) {
        throw wrong(index, "must be one of " + String.join(" ", ROUNDINGS.keySet()));
      }
      return mode;
    }

    private JsltException wrong(int index, String rule) {
      return new JsltException(getName + "() " + ARGUMENTS.get(index) + " argument " + rule);
    }
  }
}
