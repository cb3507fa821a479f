package io.rowhook.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private final Report report =
      new Report(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8));

  @TempDir Path directory;

  @Test
  void theMedianOfTheRoundsCounts() {
    add(RowhookItself.WHO, 900, 10_000, 9_000);
    add(DebeziumServer.WHO, 3_000, 1_000);
    assertThat(median(RowhookItself.WHO)).isEqualTo(9_000);
    assertThat(median(DebeziumServer.WHO)).isEqualTo(2_000);
    assertThat(median(Rates.ENGINE)).isNaN();
  }

  @Test
  void saysWhichTargetsAreMetAndLeavesOutWhatWasNotMeasured() throws IOException {
    report.atLeast("a", "rate", 3, 3);
    report.atLeast("a", "rate 2", 2.99, 3);
    report.atMost("a", "memory", 0.5, 0.5);
    report.atMost("a", "memory 2", 0.51, 0.5);
    report.atLeast("a", "of nothing", Double.NaN, 1);
    JsonNode targets = new ObjectMapper().readTree(report.json()).get("targets");
    assertThat(targets.valueStream().map(one -> one.get("met").asBoolean()))
        .containsExactly(true, false, true, false);
    assertThat(report.text()).contains("MISSED").doesNotContain("of nothing");
  }

  @Test
  void drawsWhatWasMeasuredAndNothingElse() throws IOException {
    add(RowhookItself.WHO, 2_000);
    add(Rates.ENGINE, 10_000);
    report.write(directory);
    String svg = Files.readString(directory.resolve("benchmark.svg"));
    assertThat(svg)
        .contains(">2,000<", ">10,000<", ">Rowhook<", Load.tens.toString())
        .doesNotContain("Debezium Server", Load.mix.toString(), "p99", "NaN");
    int whole = width(svg, "#9aa4af");
    assertThat(width(svg, "#2f81f7")).isEqualTo(whole / 5);
  }

  private static int width(String svg, String colour) {
    String bar =
        svg.lines()
            .filter(line -> line.startsWith("<rect") && line.contains(colour))
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(bar.replaceFirst(".* width=\"(\\d+)\".*", "$1"));
  }

  private void add(String who, double... values) {
    for (double value : values) {
      report.add(Rates.of(Load.tens), who, Rates.RATE, value);
    }
  }

  private double median(String who) {
    return report.median(Rates.of(Load.tens), who, Rates.RATE);
  }
}
