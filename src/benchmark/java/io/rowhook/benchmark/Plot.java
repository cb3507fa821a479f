package io.rowhook.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * The report's figures for docs/benchmark.md, as SVG: rates on the left, delays on the right. What
 * was not measured is left out. Without a background, in colours that are legible on white and on
 * black.
 */
final class Plot {

  private static final int WIDTH = 880;
  private static final int MIDDLE = 500;
  private static final int NAMES = 115; // to the left of the bars
  private static final int VALUES = 60; // to the right of the longest
  private static final int TOP = 26;
  private static final int BAR = 15;
  private static final int GAP = 12;
  private static final String TEXT = "#6e7781";

  private final Report report;
  private final StringBuilder svg = new StringBuilder();
  private int bottom = TOP;

  private record Bar(String who, double value) {}

  private record Group(String name, List<Bar> bars) {}

  private Plot(Report report) {
    this.report = report;
  }

  static String of(Report report) {
    return new Plot(report).draw();
  }

  private String draw() {
    panel(0, MIDDLE - 20, "events/s", rates());
    panel(MIDDLE, WIDTH - MIDDLE, "ms from commit to receipt, at 500 events/s", delays());
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12" fill="%3$s">
    %4$s</svg>
    """
        .formatted(WIDTH, bottom + 3, TEXT, svg);
  }

  private List<Group> rates() {
    List<Group> groups = new ArrayList<>();
    for (Load load : Load.values()) {
      String of = Rates.of(load);
      add(
          groups,
          load.toString(),
          List.of(
              new Bar(Rates.ENGINE, report.median(of, Rates.ENGINE, Rates.RATE)),
              new Bar(DebeziumServer.WHO, report.median(of, DebeziumServer.WHO, Rates.RATE)),
              new Bar(RowhookItself.WHO, report.median(of, RowhookItself.WHO, Rates.RATE))));
    }
    return groups;
  }

  private List<Group> delays() {
    List<Group> groups = new ArrayList<>();
    for (String rank : List.of("p50", "p99", "p99.9")) {
      String name = Steady.SINCE_COMMIT + " " + rank + ", ms";
      add(
          groups,
          rank,
          List.of(
              new Bar(DebeziumServer.WHO, report.median(Steady.OF, DebeziumServer.WHO, name)),
              new Bar(RowhookItself.WHO, report.median(Steady.OF, RowhookItself.WHO, name))));
    }
    return groups;
  }

  private static void add(List<Group> groups, String name, List<Bar> bars) {
    List<Bar> measured = bars.stream().filter(bar -> !Double.isNaN(bar.value)).toList();
    if (!measured.isEmpty()) {
      groups.add(new Group(name, measured));
    }
  }

  private void panel(int x, int width, String title, List<Group> groups) {
    double longest =
        groups.stream()
            .flatMap(group -> group.bars.stream())
            .mapToDouble(Bar::value)
            .max()
            .orElse(0);
    if (longest <= 0) {
      return;
    }
    text(x, 14, "start", "bold", title);
    int y = TOP;
    for (Group group : groups) {
      y += GAP;
      text(x, y, "start", "normal", group.name);
      y += 5;
      for (Bar bar : group.bars) {
        double length = bar.value / longest * (width - NAMES - VALUES);
        text(x + NAMES - 6, y + 11, "end", "normal", bar.who);
        svg.append(
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
                .formatted(
                    x + NAMES, y, Math.max(1, Math.round(length)), BAR - 3, colour(bar.who)));
        int after = (int) (x + NAMES + length + 6);
        String weight = bar.who.equals(RowhookItself.WHO) ? "bold" : "normal";
        text(after, y + 11, "start", weight, Report.number(bar.value));
        y += BAR;
      }
      y += 5;
    }
    bottom = Math.max(bottom, y);
  }

  private static String colour(String who) {
    return switch (who) {
      case RowhookItself.WHO -> "#2f81f7";
      case DebeziumServer.WHO -> "#c98a2b";
      default -> "#9aa4af";
    };
  }

  private void text(int x, int y, String anchor, String weight, String text) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>\n"
            .formatted(x, y, anchor, weight, text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
