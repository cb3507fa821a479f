package io.rowhook.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What was measured: printed as it comes, and at the end as medians, ratios and targets. One
 * thread.
 */
final class Report {

  /** One figure of one round. */
  private record Figure(String of, String who, String name) {}

  /** What was to be reached, and what was. */
  private record Target(String of, String text, double value, String bound, boolean met) {}

  private final PrintStream out;
  private final Map<Figure, List<Double>> figures = new LinkedHashMap<>();
  private final List<Target> targets = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  /** Says what is being done. */
  void progress(String text) {
    out.println(text);
    out.flush();
  }

  /** Something to know about the machine or the run. */
  void remark(String text) {
    remarks.add(text);
    progress(text);
  }

  /**
   * One figure of one round.
   *
   * @param of the case
   * @param name with its unit
   */
  void add(String of, String who, String name, double value) {
    figures.computeIfAbsent(new Figure(of, who, name), _ -> new ArrayList<>()).add(value);
  }

  void add(String of, String who, String name, Delays delays) {
    add(of, who, name + " p50, ms", delays.p50());
    add(of, who, name + " p99, ms", delays.p99());
    add(of, who, name + " p99.9, ms", delays.p999());
  }

  /** The median of the rounds so far; NaN if there is none. */
  double median(String of, String who, String name) {
    List<Double> values = figures.get(new Figure(of, who, name));
    return values == null ? Double.NaN : median(values);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  void atLeast(String of, String text, double value, double bound) {
    target(of, text, value, "at least " + number(bound), value >= bound);
  }

  void atMost(String of, String text, double value, double bound) {
    target(of, text, value, "at most " + number(bound), value <= bound);
  }

  private void target(String of, String text, double value, String bound, boolean met) {
    if (!Double.isNaN(value)) {
      targets.add(new Target(of, text, value, bound, met));
    }
  }

  /** The table of a case, as it stands. */
  String table(String of) {
    Set<String> who = new LinkedHashSet<>();
    Set<String> names = new LinkedHashSet<>();
    for (Figure figure : figures.keySet()) {
      if (figure.of.equals(of)) {
        who.add(figure.who);
        names.add(figure.name);
      }
    }
    StringBuilder text = new StringBuilder("\n" + of + "\n");
    text.append("  %-44s".formatted(""));
    who.forEach(one -> text.append("%20s".formatted(one)));
    text.append('\n');
    for (String name : names) {
      text.append("  %-44s".formatted(name));
      for (String one : who) {
        double median = median(of, one, name);
        text.append("%20s".formatted(Double.isNaN(median) ? "" : number(median)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Everything: tables, then the targets. */
  String text() {
    StringBuilder text = new StringBuilder(String.join("\n", remarks)).append('\n');
    figures.keySet().stream().map(Figure::of).distinct().forEach(of -> text.append(table(of)));
    text.append("\nTargets\n");
    for (Target target : targets) {
      text.append(
          "  %s  %-6s %-70s %10s  (%s)%n"
              .formatted(
                  target.met ? "met   " : "MISSED",
                  target.of.split(" ", 2)[0],
                  target.text,
                  number(target.value),
                  target.bound));
    }
    return text.toString();
  }

  /** All rounds' figures, and the targets. */
  String json() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    remarks.forEach(root.putArray("remarks")::add);
    ArrayNode all = root.putArray("figures");
    for (Map.Entry<Figure, List<Double>> entry : figures.entrySet()) {
      ObjectNode one = all.addObject();
      one.put("case", entry.getKey().of);
      one.put("who", entry.getKey().who);
      one.put("figure", entry.getKey().name);
      one.put("median", median(entry.getValue()));
      entry.getValue().forEach(one.putArray("rounds")::add);
    }
    ArrayNode met = root.putArray("targets");
    for (Target target : targets) {
      ObjectNode one = met.addObject();
      one.put("case", target.of);
      one.put("target", target.text);
      one.put("value", target.value);
      one.put("bound", target.bound);
      one.put("met", target.met);
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("benchmark.txt"), text());
    Files.writeString(directory.resolve("benchmark.json"), json());
    Files.writeString(directory.resolve("benchmark.svg"), Plot.of(this));
  }

  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 1_000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
