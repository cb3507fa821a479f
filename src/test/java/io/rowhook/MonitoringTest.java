package io.rowhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.testing.Docs;
import io.rowhook.webhook.RecipientState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The alert rules and the dashboard that ship; that their names exist {@link MetricsTest} shows.
 */
class MonitoringTest {

  static final Path ALERTS = Path.of("src/main/monitoring/alerts.yaml");
  static final Path DASHBOARD = Path.of("src/main/monitoring/dashboard.json");
  private static final Path ALERTS_TEST = Path.of("src/test/monitoring/alerts-test.yaml");
  private static final Path RUNBOOKS = Path.of("docs/monitoring.md");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  /** The rules, as JSON. */
  static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    for (JsonNode group : yaml(ALERTS).path("groups")) {
      group.path("rules").forEach(rules::add);
    }
    return rules;
  }

  private static JsonNode yaml(Path file) throws IOException {
    Load load = new Load(LoadSettings.builder().build());
    return new ObjectMapper().valueToTree(load.loadFromString(Files.readString(file)));
  }

  @Test
  @Tag("feature-65")
  void eachAlertHasItsRunbookAndEachRunbookItsAlert() throws IOException {
    Set<String> alerts = new TreeSet<>();
    for (JsonNode rule : rules()) {
      String name = rule.path("alert").asText();
      assertThat(alerts.add(name)).as(name).isTrue();
      assertThat(rule.path("labels").path("severity").asText())
          .as(name)
          .isIn("critical", "warning", "info");
      assertThat(rule.path("annotations").path("summary").asText()).as(name).isNotEmpty();
      assertThat(rule.path("annotations").path("runbook_url").asText())
          .isEqualTo(RUNBOOKS + "#" + name.toLowerCase(Locale.ROOT));
    }
    String text = Docs.text(RUNBOOKS);
    assertThat(
            text.lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring("### ".length())))
        .containsExactlyInAnyOrderElementsOf(alerts);
    for (String runbook : text.split("\n### ", -1)) {
      if (alerts.contains(runbook.lines().findFirst().orElse(""))) {
        assertThat(runbook).contains("**Webhooks", "**Look at**", "**Do");
      }
    }
  }

  /** The tests of the rules themselves are run where Prometheus' own tool is. */
  @Test
  void theStatesOfARecipientAreThoseOfTheTableAndTheAlertsNameNoOthers() throws IOException {
    List<String> states = Stream.of(RecipientState.values()).map(Enum::name).toList();
    String page = Files.readString(RUNBOOKS);
    String table =
        page.substring(page.indexOf("## A recipient's state"), page.indexOf("## How many series"));
    assertThat(
            Pattern.compile("(?m)^\\| `(\\w+)`").matcher(table).results().map(one -> one.group(1)))
        .containsExactlyElementsOf(states);
    Pattern named = Pattern.compile("rowhook_recipient_state\\{[^}]*state=~?\"([^\"]+)");
    assertThat(
            named
                .matcher(Files.readString(ALERTS))
                .results()
                .flatMap(one -> Stream.of(one.group(1).split("\\|"))))
        .isNotEmpty()
        .isSubsetOf(states);
  }

  @Test
  @Tag("feature-65")
  void eachAlertIsSilentWhileAllIsWellAndFires() throws Exception {
    Set<String> silent = new HashSet<>();
    Set<String> fires = new HashSet<>();
    for (JsonNode test : yaml(ALERTS_TEST).path("tests")) {
      for (JsonNode expected : test.path("alert_rule_test")) {
        (expected.path("exp_alerts").isEmpty() ? silent : fires)
            .add(expected.path("alertname").asText());
      }
    }
    Set<String> alerts =
        rules().stream().map(rule -> rule.path("alert").asText()).collect(Collectors.toSet());
    assertThat(silent).isEqualTo(alerts);
    assertThat(fires).isEqualTo(alerts);
    if (Files.isExecutable(PROMTOOL)) {
      assertThat(output("check", "rules", ALERTS.toString()))
          .startsWith("0 ")
          .contains("SUCCESS: " + alerts.size() + " rules found");
      assertThat(output("test", "rules", ALERTS_TEST.toString()))
          .startsWith("0 ")
          .contains("SUCCESS");
    }
  }

  @Test
  void thePanelsHaveIdsOfTheirOwnAndTheChosenDataSource() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asText();
      assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
      assertThat(panel.path("gridPos").path("x").asInt() + panel.path("gridPos").path("w").asInt())
          .as(title)
          .isBetween(1, 24);
      if (!panel.path("type").asText().equals("row")) {
        assertThat(panel.path("targets")).as(title).isNotEmpty();
        assertThat(panel.path("datasource").path("uid").asText())
            .as(title)
            .isEqualTo("${datasource}");
      }
    }
    assertThat(ids).hasSizeGreaterThan(20);
    assertThat(Files.readString(Path.of("src/main/launcher/distribution.xml")))
        .contains("<directory>src/main/monitoring</directory>");
  }

  /** What a person is called for is seen there, whatever it is about; and who gets nothing. */
  @Test
  void theDashboardShowsEachAlertAndTheKillSwitch() throws IOException {
    Map<String, String> queries = new TreeMap<>();
    for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.merge(
            panel.path("title").asText(), target.path("expr").asText(), (a, b) -> a + "\n" + b);
      }
    }
    String alerts = queries.getOrDefault("Alerts", "");
    assertThat(alerts).contains("ALERTS{", "alertname=~\"Rowhook.+\"", "alertstate=\"firing\"");
    assertThat(rules()).allMatch(rule -> rule.path("alert").asText().startsWith("Rowhook"));
    assertThat(queries.get("Recipients that get nothing")).contains("rowhook_kill_switch");
    assertThat(queries.get("What no webhook comes of")) // one in a range is 0.01 a second
        .contains("increase(rowhook_rejected_rows_total")
        .doesNotContain("rate(rowhook");
  }

  /** By Prometheus' own tool, where it is. */
  @Test
  void eachQueryOfTheDashboardIsOne(@TempDir Path directory) throws Exception {
    ArrayNode rules = new ObjectMapper().createArrayNode();
    for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String query = target.path("expr").asText().replace("$__rate_interval", "1m");
        rules.addObject().put("record", "query:" + rules.size()).put("expr", query);
      }
    }
    assertThat(rules).hasSizeGreaterThan(30);
    ObjectNode file = new ObjectMapper().createObjectNode();
    file.putArray("groups").addObject().put("name", "dashboard").set("rules", rules);
    Path queries = Files.writeString(directory.resolve("queries.yaml"), file.toString());
    if (Files.isExecutable(PROMTOOL)) {
      assertThat(output("check", "rules", queries.toString()))
          .startsWith("0 ")
          .contains("SUCCESS: " + rules.size() + " rules found");
    }
  }

  /** Exit status and output. */
  private static String output(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PROMTOOL.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output;
  }
}
