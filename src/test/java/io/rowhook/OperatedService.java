package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A running service with the recipient {@code shop}, and the terminal of a person beside it. */
final class OperatedService {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String RETRY_LATE = "\nretry: { delays: [1h], jitter: 0 }";

  private final Stage stage;
  private final SourceDatabase source;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  OperatedService(Stage stage, SourceDatabase source) {
    this.stage = stage;
    this.source = source;
  }

  /** Starts the service with the recipient shop, which refuses so many first. */
  void shop(int failFirst, String yaml) {
    stage.receiver(
        "shop",
        TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(failFirst)));
    stage.recipient("shop", "url: ${env:SHOP_URL}" + RETRY_LATE + yaml).start();
  }

  /** Writes an article, or changes its stock. */
  void update(int id) {
    source.execute(
        "INSERT INTO article VALUES ("
            + id
            + ", 'A', 'One', 1.00, 0)"
            + " ON CONFLICT (id) DO UPDATE SET stock = article.stock + 1");
  }

  /** Runs a command on the running service; its exit status. */
  int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--journal", stage.journalFile().toString()));
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  /** What a command prints that does not fail; a status may say by its own that others do. */
  String shown(String... arguments) {
    int status = run(arguments);
    assertThat(err.toString()).isEmpty();
    if (!arguments[0].equals("status")) {
      assertThat(status).isZero();
    }
    return out.toString();
  }

  JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    try {
      return Json.MAPPER.readTree(shown(all.toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitStates(String recipient, String... states) {
    Eventually.passes(
        LIMIT,
        recipient + "'s deliveries are " + List.of(states),
        () -> assertThat(states(recipient)).containsExactly(states));
  }

  /** The newest first. */
  List<String> states(String recipient) {
    List<String> states = new ArrayList<>();
    json("deliveries", recipient)
        .path("deliveries")
        .forEach(one -> states.add(one.path("state").asText()));
    return states;
  }

  /** What an audit has found, once it has ended. */
  JsonNode audit(String... arguments) {
    String[] all = new String[arguments.length + 5];
    all[0] = "audit";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--wait";
    all[arguments.length + 2] = "--limit";
    all[arguments.length + 3] = "1000";
    all[arguments.length + 4] = "--json";
    run(all);
    try {
      return Json.MAPPER.readTree(out()).path("audits").path(0);
    } catch (IOException e) {
      throw new AssertionError(out() + err(), e);
    }
  }

  /** All that the journal has now is settled, while more comes. */
  void awaitSettled() {
    long head = stage.flow().journal().head();
    Eventually.within(
        LIMIT,
        () -> json("status").path("recipients").toString(),
        () -> {
          JsonNode status = json("status");
          JsonNode shop = status.path("recipients").path(0);
          return shop.path("waiting").asLong() == 0
              && status.path("head").asLong() - shop.path("ahead").asLong() >= head;
        });
  }

  static List<String> ids(List<ReceivedRequest> inbox) {
    return inbox.stream().map(request -> String.valueOf(request.header("Webhook-Id"))).toList();
  }

  /** What the last command printed. */
  String out() {
    return out.toString();
  }

  /** What the last command complained of. */
  String err() {
    return err.toString();
  }
}
