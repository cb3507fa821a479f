package io.rowhook.admin.receive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.ShownHeaders;
import io.rowhook.base.Json;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes received requests for a person or a program to read. Any thread; never two at once. */
public final class ReceivedPrinter {

  /** How much of a request is written. */
  public enum Form {
    /** A line, and the body pretty below it. */
    full,
    /** A line, and the body shortened to one. */
    shortened,
    /** A line. */
    quiet,
    /**
     * A JSON object on a line, with all headers, those that may be credentials masked, and the
     * body.
     */
    json
  }

  private static final int PRETTY_MAX_CHARS = 20_000;
  private static final int SHORT_MAX_CHARS = 160;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  private static final ObjectMapper JSON = Json.MAPPER;

  private final PrintWriter out;
  private final Form form;
  private final ShownHeaders headers;

  /**
   * Prints there.
   *
   * @param headers which of them are written as they are
   */
  public ReceivedPrinter(PrintWriter out, Form form, ShownHeaders headers) {
    this.headers = headers;
    this.out = out;
    this.form = form;
  }

  public synchronized void print(ReceivedRequest request) {
    switch (form) {
      case json -> out.println(asJson(request));
      case quiet -> out.println(line(request));
      case shortened -> {
        out.println(line(request));
        out.println("    " + oneLine(request.text(), SHORT_MAX_CHARS));
      }
      case full -> {
        out.println(line(request));
        out.println(indented(pretty(request)));
      }
    }
    out.flush();
  }

  private static String line(ReceivedRequest request) {
    StringBuilder line = new StringBuilder();
    line.append(TIME.format(request.at()))
        .append(' ')
        .append(printable(request.method() + " " + request.path()));
    append(line, "", request.topic());
    append(line, "id ", request.id());
    append(line, "attempt ", request.attempt());
    append(line, "signature ", request.signature().words());
    if (request.basic() != VerificationResult.ABSENT) {
      append(line, "basic ", request.basic().words());
    }
    if (request.bearer() != VerificationResult.ABSENT) {
      append(line, "bearer ", request.bearer().words());
    }
    return line.append("  -> ").append(request.status()).toString();
  }

  private static void append(StringBuilder line, String label, @Nullable String value) {
    line.append("  ").append(label).append(value == null ? "(none)" : printable(value));
  }

  /** A body on one line: white space folded, cut after so many characters. */
  static String oneLine(String text, int max) {
    String folded = printable(text.strip().replaceAll("\\s*\\R\\s*", " "));
    return folded.length() <= max
        ? folded
        : folded.substring(0, max) + "… (" + text.length() + " characters)";
  }

  private static String pretty(ReceivedRequest request) {
    String text = request.text();
    try {
      JsonNode tree = JSON.readTree(request.body());
      text = tree == null || tree.isMissingNode() ? "(no body)" : tree.toPrettyString();
    } catch (java.io.IOException notJson) {
      // Shown as it came.
    }
    return text.length() <= PRETTY_MAX_CHARS
        ? text
        : text.substring(0, PRETTY_MAX_CHARS) + "… (" + text.length() + " characters)";
  }

  private static String indented(String text) {
    StringBuilder all = new StringBuilder();
    text.lines().forEach(line -> all.append("    ").append(printable(line)).append('\n'));
    return all.toString();
  }

  private String asJson(ReceivedRequest request) {
    ObjectNode node = JSON.createObjectNode();
    node.put("at", request.at().toString());
    node.put("method", request.method());
    node.put("path", request.path());
    ObjectNode all = node.putObject("headers");
    request
        .headers()
        .forEach((name, values) -> all.put(name, headers.value(name, String.join(", ", values))));
    node.put("signature", name(request.signature()));
    node.put("basic", name(request.basic()));
    node.put("bearer", name(request.bearer()));
    node.put("status", request.status());
    node.put("body", request.text());
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts can be written", e);
    }
  }

  private static String name(VerificationResult result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  /** Whoever sends decides what is in it; a terminal must not take it for commands. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
