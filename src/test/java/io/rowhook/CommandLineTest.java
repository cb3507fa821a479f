package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.RunCommand;
import io.rowhook.admin.RunCommand.Role;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.testing.Eventually;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Exit statuses and words of the commands. */
class CommandLineTest {

  private static final Pattern LISTENING = Pattern.compile("Listening on (http://\\S+)");

  private static final List<String> COMMANDS =
      List.of(
          "check",
          "status",
          "deliveries",
          "redeliver",
          "replay",
          "discard",
          "forget",
          "pause",
          "resume",
          "test");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<RunCommand.Options> runs = new ArrayList<>();

  @Test
  void helpAndVersion() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString()).contains("Usage: rowhook", "run", "receive");
    assertThat(execute("run", "--help")).isZero();
    assertThat(out.toString())
        .contains(
            "--config",
            "--templates",
            "--journal",
            "--accept-gap",
            "--standby",
            "--role",
            "--take-over");
    for (String command : COMMANDS) {
      assertThat(execute(command, "--help")).isZero();
      assertThat(out.toString())
          .contains("Usage: rowhook " + command, "--journal", "--json", "Exit status: 0 if");
    }
    assertThat(execute("deliveries", "--help")).isZero();
    assertThat(out.toString()).contains("--event", "--state", "--from", "--next", "--body");
    assertThat(execute("discard", "--help")).isZero();
    assertThat(out.toString()).contains("--all-of", "--yes", "can be redelivered");
    assertThat(execute("pause", "--help")).isZero();
    assertThat(out.toString()).contains("--all", "--reason", "kill");
    assertThat(execute("receive", "--help")).isZero();
    assertThat(out.toString()).contains("--secret-env", "--style", "--basic", "--fail", "--count");
    assertThat(execute("--version")).isZero();
    assertThat(out.toString()).contains("rowhook (development)");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatIsNotUnderstoodIsStatusTwoWithTheUsage() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString()).contains("Which command? None was given.", "Usage: rowhook");
    assertThat(execute("run", "--cofnig", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option", "'--cofnig'", "Usage: rowhook run");
    assertThat(execute("recieve")).isEqualTo(2);
    assertThat(err.toString()).contains("'recieve'").contains("receive");
    assertThat(runs).isEmpty();
  }

  @Test
  void runTakesItsOptions() {
    assertThat(execute("run")).isZero();
    assertThat(
            execute(
                "run",
                "--config=c",
                "--templates",
                "t",
                "--journal",
                "j/j.db",
                "--accept-gap",
                "--standby",
                "--role",
                "deliver"))
        .isZero();
    assertThat(runs)
        .containsExactly(
            new RunCommand.Options(
                Path.of("connector-config"),
                Path.of("jslt-templates"),
                Optional.empty(),
                false,
                false,
                Role.all),
            new RunCommand.Options(
                Path.of("c"),
                Path.of("t"),
                Optional.of(Path.of("j/j.db")),
                true,
                true,
                Role.deliver));
    assertThat(execute("run", "--role", "both")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'--role': expected one of [all, capture, deliver]", "but was 'both'");
  }

  @Test
  void anInstanceForAPartNeedsKafkaAndWithKafkaNobodyIsToldToStandBy(@TempDir Path temp) {
    SettingsDirectory directory = new SettingsDirectory(temp);
    RunCommand.Service wired =
        options -> Wiring.flow(options, Map.of(), Observers.NONE).close(); // is refused before
    assertThat(commandLine(wired).execute(run(directory, "--role=capture"))).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "rowhook run: --role capture needs Kafka behind the journal: without it no other"
                + " instance has what this one captures or delivers. Name the brokers as"
                + " journal.kafka in rowhook.yaml, or run it without --role");
    directory.write(
        "config/rowhook.yaml", "journal: { kafka: { bootstrap.servers: 'kafka-1:9092' } }\n");
    err.getBuffer().setLength(0);
    assertThat(commandLine(wired).execute(run(directory, "--standby"))).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "rowhook run: --standby is not for a journal in Kafka, which journal.kafka in"
                + " rowhook.yaml names: with Kafka every instance stands by by itself. Run it"
                + " without --standby");
    err.getBuffer().setLength(0);
    assertThat(commandLine(wired).execute(run(directory, "--take-over"))).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "rowhook run: --take-over is not for a journal in Kafka, which journal.kafka in"
                + " rowhook.yaml names: with Kafka start the new instance beside the old one, and"
                + " stop that one then. Run it without --take-over");
  }

  @Test
  void whoTakesOverDoesNotStandBy(@TempDir Path temp) {
    SettingsDirectory directory = new SettingsDirectory(temp);
    RunCommand.Service wired =
        options -> Wiring.flow(options, Map.of(), Observers.NONE).close(); // is refused before
    String[] both = run(directory, "--take-over");
    both = Arrays.copyOf(both, both.length + 1);
    both[both.length - 1] = "--standby";
    assertThat(commandLine(wired).execute(both)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "rowhook run: --take-over and --standby exclude each other: to take over is to go on at"
                + " once, with the journal of the Rowhook that runs; to stand by is to wait until"
                + " it is gone, with a journal of one's own");
  }

  @Test
  void checkSaysWhatOfKafkaIsNotGood(@TempDir Path temp) {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .shop("url: refused, so that nobody is looked for\n")
            .write("config/rowhook.yaml", "journal: { kafka: { bootstrap.server: 'a:9092' } }\n");
    assertThat(execute("check", "--config", directory.config().toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("bootstrap.servers is missing in journal.kafka")
        .contains("Did you mean bootstrap.servers?");
  }

  private static String[] run(SettingsDirectory directory, String option) {
    return new String[] {
      "run", "--config", directory.config().toString(), "--templates", "t", option
    };
  }

  @Test
  void aFailureIsWordsAndStatusOne() {
    RunCommand.Service broken =
        options -> {
          throw new IllegalStateException("the journal j.db is locked by another process");
        };
    assertThat(commandLine(broken).execute("run")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("rowhook run: the journal j.db is locked by another process");
  }

  @Test
  void commandsForTheServiceNameWhatIsWrong(@TempDir Path directory) {
    assertThat(execute("discard", "shop")).isEqualTo(2);
    assertThat(err.toString()).contains("which? Give a recipient and events, or --all-of");
    assertThat(execute("discard", "shop", "1", "--all-of", "shop")).isEqualTo(2);
    assertThat(execute("pause")).isEqualTo(2);
    assertThat(execute("pause", "shop", "--all")).isEqualTo(2);
    assertThat(execute("replay", "shop", "--from", "tomorrow")).isEqualTo(2);
    assertThat(err.toString()).contains("or how long ago: 30s, 10m, 2h, 5d; got: 'tomorrow'");
    assertThat(execute("status", "--config", directory.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("the service is not running, or not with this journal: there is no")
        .contains("journal.db.admin. Start it with rowhook run, or name its --config or --journal");
  }

  @Test
  void aFaultIsCalledOne() {
    RunCommand.Service broken =
        options -> {
          throw new IndexOutOfBoundsException();
        };
    assertThat(commandLine(broken).execute("run")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "rowhook run: a fault of Rowhook itself, java.lang.IndexOutOfBoundsException;"
                + " ROWHOOK_LOG=debug shows where");
  }

  @Test
  void receiveNamesTheWrongOptionAndItsRule() {
    assertThat(wrongReceive("--port", "70000")).contains("--port is from 0 to 65535, got: 70000");
    assertThat(wrongReceive("--status", "99")).contains("--status is from 200 to 599, got: 99");
    assertThat(wrongReceive("--count", "0")).contains("--count is 1 or more, got: 0");
    assertThat(wrongReceive("--delay", "5"))
        .contains("a time is a number and ms, s, m or h, got: '5'");
    assertThat(wrongReceive("--style", "md5")).contains("standard", "timestamped", "'md5'");
    assertThat(wrongReceive("--basic", "geheim"))
        .contains("--basic is user:password; no colon in it")
        .doesNotContain("geheim");
    assertThat(wrongReceive("--secret", "geheim"))
        .contains("--secret a secret of style standard is whsec_ and base64")
        .doesNotContain("geheim");
    assertThat(wrongReceive("--secret-env", "ROWHOOK_NOT_SET"))
        .contains("--secret-env names the environment variable ROWHOOK_NOT_SET, which is not set");
    assertThat(wrongReceive("--header", "X-A")).contains("--header is fixed by the style standard");
    assertThat(wrongReceive("--quiet", "--json")).contains("mutually exclusive");
  }

  @Test
  void receivePrintsWhatCame() throws Exception {
    String output = receiving(0, "--port", "0", "--count", "1");
    assertThat(output)
        .contains("POST /hook  order.updated  id evt_1  attempt 1  signature absent  ->")
        .contains("-> 200")
        .contains("    {\n      \"a\" : \"b\\u001Bc\"\n    }");
  }

  @Test
  void receiveEndsWithOneIfItTurnedARequestAway() throws Exception {
    String output = receiving(1, "--port", "0", "--count", "1", "--basic", "a:b", "--quiet");
    assertThat(output).contains("basic absent, but required  -> 401").doesNotContain("{");
  }

  @Test
  void receivePrintsJsonForPrograms() throws Exception {
    String output = receiving(0, "--port", "0", "--count", "1", "--json");
    assertThat(output.lines()).hasSize(1);
    assertThat(output).contains("\"basic\":\"absent\"", "\"rowhook-topic\":\"order.updated\"");
  }

  /** Runs receive, posts one request to it, and returns what it printed. */
  private String receiving(int expectedStatus, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("receive"));
    arguments.addAll(List.of(options));
    CommandLine command = commandLine(runs::add);
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(
            () -> command.execute(arguments.toArray(String[]::new)),
            task -> new Thread(task).start());
    String uri =
        Eventually.until(
            Duration.ofSeconds(10),
            "it listens",
            () -> {
              Matcher matcher = LISTENING.matcher(err.toString());
              return matcher.find() ? matcher.group(1) : null;
            });
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(uri + "hook"))
              .headers("Rowhook-Topic", "order.updated", "Webhook-Id", "evt_1")
              .header("Rowhook-Attempt", "1")
              .POST(BodyPublishers.ofString("{\"a\":\"b\\u001bc\"}"))
              .build();
      client.send(request, BodyHandlers.discarding());
    }
    assertThat(status.get()).isEqualTo(expectedStatus);
    return out.toString();
  }

  private String wrongReceive(String... options) {
    List<String> arguments = new ArrayList<>(List.of("receive"));
    arguments.addAll(List.of(options));
    assertThat(execute(arguments.toArray(String[]::new))).isEqualTo(2);
    return err.toString();
  }

  private int execute(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return commandLine(runs::add).execute(arguments);
  }

  private CommandLine commandLine(RunCommand.Service service) {
    return Main.commandLine(service)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
