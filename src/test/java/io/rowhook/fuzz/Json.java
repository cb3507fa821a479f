package io.rowhook.fuzz;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as text has it: numbers keep their digits. Expected values may be of the lenient kinds. */
interface Json {

  /** What is written in an event, where this is expected. */
  default boolean allows(Json actual) {
    return equals(actual);
  }

  record Null() implements Json {
    @Override
    public String toString() {
      return "null";
    }
  }

  record Bool(boolean value) implements Json {
    @Override
    public String toString() {
      return String.valueOf(value);
    }
  }

  record Text(String value) implements Json {
    @Override
    public String toString() {
      String shown = value.length() > 120 ? value.substring(0, 120) + "…" + value.length() : value;
      return "\"" + shown.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
  }

  /** Exact: 1.10 is not 1.1. */
  record Numeral(String digits) implements Json {
    @Override
    public boolean allows(Json actual) {
      return actual instanceof Numeral(String other) && same(exact(digits), exact(other));
    }

    private static boolean same(BigDecimal one, BigDecimal other) {
      return one.scale() == other.scale() && one.compareTo(other) == 0;
    }

    /** 1e5 may be written 100000. */
    private static BigDecimal exact(String digits) {
      BigDecimal value = new BigDecimal(digits);
      return value.scale() < 0 && value.scale() > -100_000 ? value.setScale(0) : value;
    }

    @Override
    public String toString() {
      return digits;
    }
  }

  /** A float: written in whichever way, if it reads as the same. */
  record Approximate(double value, boolean single) implements Json {
    @Override
    public boolean allows(Json actual) {
      if (!(actual instanceof Numeral(String other))) {
        return false;
      }
      return single
          ? Float.compare((float) value, Float.parseFloat(other)) == 0
          : Double.compare(value, Double.parseDouble(other)) == 0;
    }

    @Override
    public String toString() {
      return value + "f";
    }
  }

  /** Text with floats in it, each written in whichever way: (1,2) and (1.0,2.0) are the same. */
  record Floats(String text) implements Json {
    @Override
    public boolean allows(Json actual) {
      return actual instanceof Text(String other) && canonical(text).equals(canonical(other));
    }

    private static String canonical(String text) {
      return java.util.regex.Pattern.compile("-?[0-9.]+(?:[eE][+-]?[0-9]+)?")
          .matcher(text)
          .replaceAll(number -> Double.toString(Double.parseDouble(number.group())));
    }
  }

  /** Any of some. */
  record Either(List<Json> choices) implements Json {
    @Override
    public boolean allows(Json actual) {
      return choices.stream().anyMatch(choice -> choice.allows(actual));
    }

    @Override
    public String toString() {
      return choices.stream().map(Json::toString).collect(Collectors.joining(" or "));
    }
  }

  record Array(List<Json> items) implements Json {
    @Override
    public boolean allows(Json actual) {
      if (!(actual instanceof Array(List<Json> others)) || others.size() != items.size()) {
        return false;
      }
      for (int i = 0; i < items.size(); i++) {
        if (!items.get(i).allows(others.get(i))) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return items.toString();
    }
  }

  record Mapping(Map<String, Json> fields) implements Json {
    @Override
    public boolean allows(Json actual) {
      return actual instanceof Mapping(Map<String, Json> others)
          && others.keySet().equals(fields.keySet())
          && fields.entrySet().stream()
              .allMatch(field -> {
                Json other = others.get(field.getKey());
                return other != null && field.getValue().allows(other);
              });
    }

    Json get(String name) {
      return fields.getOrDefault(name, new Null());
    }

    @Override
    public String toString() {
      return fields.entrySet().stream()
          .map(field -> field.getKey() + ":" + field.getValue())
          .collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /** Reads it. */
  static Json parse(String text) {
    Parser parser = new Parser(text);
    Json value = parser.value();
    parser.blanks();
    if (parser.at != text.length()) {
      throw new IllegalArgumentException("more than one value");
    }
    return value;
  }

  /** One use. */
  final class Parser {
    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private void blanks() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private Json value() {
      blanks();
      return switch (text.charAt(at)) {
        case '{' -> object();
        case '[' -> array();
        case '"' -> new Text(string());
        case 't' -> word("true", new Bool(true));
        case 'f' -> word("false", new Bool(false));
        case 'n' -> word("null", new Null());
        default -> number();
      };
    }

    private Json word(String word, Json value) {
      if (!text.startsWith(word, at)) {
        throw new IllegalArgumentException("at " + at);
      }
      at += word.length();
      return value;
    }

    private Json number() {
      int start = at;
      while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return new Numeral(text.substring(start, at));
    }

    private boolean closes(char end) {
      blanks();
      if (text.charAt(at) == ',') {
        at++;
        blanks();
      }
      if (text.charAt(at) == end) {
        at++;
        return true;
      }
      return false;
    }

    private Json array() {
      List<Json> items = new ArrayList<>();
      at++;
      while (!closes(']')) {
        items.add(value());
      }
      return new Array(items);
    }

    private Json object() {
      Map<String, Json> fields = new LinkedHashMap<>();
      at++;
      while (!closes('}')) {
        String name = string();
        blanks();
        at++; // :
        fields.put(name, value());
      }
      return new Mapping(fields);
    }

    private String string() {
      StringBuilder string = new StringBuilder();
      at++;
      while (text.charAt(at) != '"') {
        char c = text.charAt(at++);
        if (c != '\\') {
          string.append(c);
          continue;
        }
        char escaped = text.charAt(at++);
        int place = "bfnrt".indexOf(escaped);
        if (escaped == 'u') {
          string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        } else {
          string.append(place < 0 ? escaped : "\b\f\n\r\t".charAt(place));
        }
      }
      at++;
      return string.toString();
    }
  }
}
