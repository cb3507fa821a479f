package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.impl.BuiltinFunctions;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSLT's {@code parse-time} and {@code format-time} with every digit of a second. JSLT takes all
 * digits of {@code .123456} for milliseconds, and so is two minutes wrong. Here the letters {@code
 * S} of a format, behind a separator, stand for the fraction; the rest is JSLT's own.
 */
final class TimeFunctions {

  static final List<Function> ALL = List.of(new ParseTime(), new FormatTime());

  /** The letters of a fraction behind the seconds' full stop or comma. */
  private static final Pattern FRACTION = Pattern.compile("(?<=ss)[.,](S+)");

  /** In a time: a full stop or comma, and digits, behind the seconds. */
  private static final Pattern DIGITS = Pattern.compile("(?<=[0-9]:[0-9]{2})[.,]([0-9]+)");

  private static final int MOST_DIGITS = 12;

  private TimeFunctions() {}

  private static final class ParseTime extends BuiltinFunctions.ParseTime {

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      Matcher format = FRACTION.matcher(arguments[1].asText());
      Matcher time = DIGITS.matcher(arguments[0].asText());
      if (!arguments[0].isTextual()
          || !format.find()
          || !time.find()
          || time.group(1).length() > MOST_DIGITS) {
        return super.call(input, arguments);
      }
      JsonNode[] whole = arguments.clone();
      whole[0] = new TextNode(without(arguments[0].asText(), time));
      whole[1] = new TextNode(without(arguments[1].asText(), format));
      if (whole.length > 2) {
        whole[2] = MissingNode.getInstance(); // so that the fallback is known from a time
      }
      JsonNode seconds = super.call(input, whole);
      if (seconds.isMissingNode()) {
        return arguments[2];
      }
      BigDecimal fraction = new BigDecimal("0." + time.group(1));
      return DecimalNode.valueOf(
          seconds.decimalValue().setScale(0, RoundingMode.FLOOR).add(fraction));
    }
  }

  private static final class FormatTime extends BuiltinFunctions.FormatTime {

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      Matcher format = FRACTION.matcher(arguments[1].asText());
      if (!arguments[0].isNumber() || !format.find()) {
        return super.call(input, arguments);
      }
      BigDecimal time = arguments[0].decimalValue();
      BigDecimal seconds = time.setScale(0, RoundingMode.FLOOR);
      int digits = Math.min(format.group(1).length(), MOST_DIGITS);
      String fraction =
          time.subtract(seconds).setScale(digits, RoundingMode.FLOOR).toPlainString().substring(2);
      JsonNode[] whole = arguments.clone();
      whole[0] = DecimalNode.valueOf(seconds);
      whole[1] =
          new TextNode(
              format.replaceFirst(
                  Matcher.quoteReplacement("'" + format.group().charAt(0) + fraction + "'")));
      return super.call(input, whole);
    }
  }

  private static String without(String text, Matcher found) {
    return text.substring(0, found.start()) + text.substring(found.end());
  }
}
