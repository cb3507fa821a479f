package io.rowhook.admin.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Count;
import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.base.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was found, for people and for programs.
 *
 * @param findings by area, the worst first
 * @param versions of what takes part, by name
 * @param compared what was held against another database; empty: nothing
 */
public record Report(
    List<Finding> findings, Map<String, String> versions, Optional<Compared> compared) {

  private static final String INDENT = "           ";

  public Report {
    findings = List.copyOf(findings);
    versions = Map.copyOf(versions);
  }

  /**
   * How much was compared.
   *
   * @param with which database
   * @param known what cannot be captured in either of the two
   */
  public record Compared(String with, int tables, int attributes, int known) {
    String line() {
      return "Compared %s and %s with %s%s."
          .formatted(
              Count.of(tables, "table"),
              Count.of(attributes, "attribute"),
              with,
              known == 0
                  ? ""
                  : "; %s in both, which rowhook check without --against names"
                      .formatted(Count.of(known, "problem")));
    }
  }

  /** How many there are of one severity. */
  public long count(Severity severity) {
    return findings.stream().filter(one -> one.severity() == severity).count();
  }

  /**
   * What a pipeline goes by: 1 with an error, 2 with warnings if these count, else 0.
   *
   * @param strict whether warnings count
   */
  public int status(boolean strict) {
    if (count(Severity.error) > 0) {
      return 1;
    }
    return strict && count(Severity.warning) > 0 ? 2 : 0;
  }

  /** One object, for programs. */
  public ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    for (Severity severity : Severity.values()) {
      json.put(severity + "s", count(severity));
    }
    versions.forEach(json.putObject("versions")::put);
    compared.ifPresent(all ->
        json.putObject("compared")
            .put("with", all.with())
            .put("tables", all.tables())
            .put("attributes", all.attributes())
            .put("problemsInBoth", all.known()));
    ArrayNode all = json.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode one = all.addObject();
      one.put("severity", finding.severity().name())
          .put("area", finding.area().name())
          .put("what", finding.what())
          .put("means", finding.means())
          .put("mend", finding.mend());
      finding.statements().forEach(one.putArray("statements")::add);
      new TreeMap<>(finding.about()).forEach(one::put);
    }
    return json;
  }

  /**
   * Grouped by area, with a summary at the end.
   *
   * @param quiet neither advice nor summary
   */
  public void print(PrintWriter out, boolean quiet) {
    Area area = null;
    for (Finding finding : findings) {
      if (quiet && finding.severity() == Severity.advice) {
        continue;
      }
      if (finding.area() != area) {
        area = finding.area();
        out.println(area);
      }
      out.println("  %-8s %s".formatted(finding.severity(), line(finding.what())));
      if (!finding.means().isEmpty()) {
        out.println(INDENT + line(finding.means()));
      }
      if (!finding.mend().isEmpty()) {
        out.println(INDENT + "-> " + line(finding.mend()));
      }
    }
    if (!quiet && compared.isPresent()) {
      out.println((findings.isEmpty() ? "" : System.lineSeparator()) + line(compared.get().line()));
    } else if (!quiet) {
      out.println(
          (findings.isEmpty() ? "" : System.lineSeparator())
              + "%s, %s, %d advice. Rowhook %s, Java %s, PostgreSQL %s."
                  .formatted(
                      Count.of(count(Severity.error), "error"),
                      Count.of(count(Severity.warning), "warning"),
                      count(Severity.advice),
                      versions.getOrDefault("rowhook", "(development)"),
                      versions.getOrDefault("java", "unknown"),
                      versions.getOrDefault("postgresql", "(not asked)")));
    }
  }

  /** What comes from others must not write to the terminal as it likes. */
  public static String line(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", " ");
  }
}
