package io.rowhook.admin.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rowhook.base.Json;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What a recipient gets, as a page to read: in Markdown, or in HTML without a script. */
final class CatalogPage {

  private static final String STYLE =
      "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
          + "table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.3rem"
          + " .5rem;text-align:left;vertical-align:top}pre{background:#f4f4f4;padding:1rem;"
          + "overflow:auto}code{font-family:monospace}";

  /** How a page is written. */
  private interface Form {
    String heading(int level, String text);

    String paragraph(String text);

    String table(List<String> head, List<List<String>> rows);

    String code(String text);

    String page(String title, String content);
  }

  private CatalogPage() {}

  static String markdown(RecipientCatalog catalog) {
    return page(catalog, new Markdown());
  }

  static String html(RecipientCatalog catalog) {
    return page(catalog, new Html());
  }

  private static String page(RecipientCatalog catalog, Form form) {
    StringBuilder text = new StringBuilder();
    String title = "Webhooks for " + catalog.name();
    text.append(form.heading(1, title));
    catalog.rules().forEach(rule -> text.append(form.paragraph(rule)));
    List<List<String>> overview = new ArrayList<>();
    for (CatalogEntry entry : catalog.entries()) {
      overview.add(
          List.of(
              String.join(", ", entry.topics()),
              entry.entity(),
              String.join(", ", entry.events()),
              entry.conditions().isEmpty() ? "always" : String.join("; ", entry.conditions())));
    }
    text.append(form.table(List.of("topic", "entity", "events", "when"), overview));
    for (CatalogEntry entry : catalog.entries()) {
      add(text, entry, form);
    }
    return form.page(title, text.toString());
  }

  private static void add(StringBuilder text, CatalogEntry entry, Form form) {
    text.append(form.heading(2, entry.name()));
    text.append(form.paragraph(String.join(", ", entry.methods()) + " " + entry.url()));
    text.append(form.paragraph(entry.summary() + "."));
    entry.notes().forEach(note -> text.append(form.paragraph(note)));
    text.append(form.heading(3, "Headers"));
    List<List<String>> headers = new ArrayList<>();
    headers.add(List.of("Content-Type", entry.contentType(), "of the body"));
    entry
        .headers()
        .forEach(header -> headers.add(List.of(header.name(), header.value(), header.means())));
    text.append(form.table(List.of("header", "by example", "is"), headers));
    text.append(form.heading(3, "Body"));
    List<List<String>> fields = new ArrayList<>();
    for (BodyFields.Field field : BodyFields.of(entry.schema())) {
      fields.add(List.of(field.path(), field.type(), field.always() ? "yes" : "no"));
    }
    if (fields.isEmpty()) {
      text.append(form.paragraph("It is " + BodyFields.words(entry.schema()) + "."));
    } else {
      text.append(form.table(List.of("field", "is", "always there"), fields));
    }
    for (CatalogEntry.Example example : entry.examples()) {
      text.append(
          form.paragraph(
              example.drawn()
                  ? "Example, of a " + example.name() + ", drawn by the columns' types:"
                  : "Example " + example.name() + ":"));
      text.append(form.code(entry.isXml() ? example.body() : pretty(example.body())));
    }
  }

  private static String pretty(String json) {
    try {
      return Json.MAPPER
          .writerWithDefaultPrettyPrinter()
          .writeValueAsString(Json.MAPPER.readTree(json));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a body is JSON", e);
    }
  }

  private static final class Markdown implements Form {
    @Override
    public String heading(int level, String text) {
      return "#".repeat(level) + " " + escaped(text) + "\n\n";
    }

    @Override
    public String paragraph(String text) {
      return escaped(text) + "\n\n";
    }

    @Override
    public String table(List<String> head, List<List<String>> rows) {
      StringBuilder table = new StringBuilder();
      table.append(line(head));
      table.append(line(head.stream().map(_ -> "---").toList()));
      rows.forEach(row -> table.append(line(row.stream().map(Markdown::cell).toList())));
      return table.append('\n').toString();
    }

    @Override
    public String code(String text) {
      String fence = text.contains("```") ? "~~~~" : "```";
      return fence + "\n" + text + "\n" + fence + "\n\n";
    }

    @Override
    public String page(String title, String content) {
      return content;
    }

    private static String line(List<String> cells) {
      return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String cell(String text) {
      return escaped(text).replace("|", "\\|").replace("\n", " ");
    }

    private static String escaped(String text) {
      return text.replaceAll("([\\\\`*_<>\\[\\]])", "\\\\$1");
    }
  }

  private static final class Html implements Form {
    @Override
    public String heading(int level, String text) {
      return "<h%d>%s</h%d>\n".formatted(level, escaped(text), level);
    }

    @Override
    public String paragraph(String text) {
      return "<p>" + escaped(text) + "</p>\n";
    }

    @Override
    public String table(List<String> head, List<List<String>> rows) {
      StringBuilder table = new StringBuilder("<table>\n");
      table.append(row(head, "th"));
      rows.forEach(one -> table.append(row(one, "td")));
      return table.append("</table>\n").toString();
    }

    @Override
    public String code(String text) {
      return "<pre><code>" + escaped(text) + "</code></pre>\n";
    }

    @Override
    public String page(String title, String content) {
      return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title><style>%s</style></head><body>\n%s</body></html>\n"
          .formatted(escaped(title), STYLE, content);
    }

    private static String row(List<String> cells, String tag) {
      StringBuilder row = new StringBuilder("<tr>");
      for (String cell : cells) {
        row.append("<%s>%s</%s>".formatted(tag, escaped(cell), tag));
      }
      return row.append("</tr>\n").toString();
    }

    private static String escaped(String text) {
      return text.replace("&", "&amp;")
          .replace("<", "&lt;")
          .replace(">", "&gt;")
          .replace("\"", "&quot;");
    }
  }
}
