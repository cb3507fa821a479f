package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.PreviewCommand;
import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import io.rowhook.testing.SourceDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The worked examples under {@code src/examples} do what their golden files say. */
@Tag("feature-53")
class ExamplesTest {

  private static final TestReceiver.Settings ANYONE = TestReceiver.Settings.DEFAULT;
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @Test
  @Tag("feature-16")
  @Tag("feature-17")
  @Tag("feature-21")
  @Tag("feature-52")
  void orderStatusToAShop() throws Exception {
    play(
        "order-status",
        Map.of("SHOP_SECRET", SECRET),
        Map.of("shop", ANYONE.withSignature(SignatureVerifier.standard(SECRET))));
  }

  @Test
  @Tag("feature-16")
  @Tag("feature-17")
  @Tag("feature-52")
  void stockToAShop() throws Exception {
    play(
        "stock",
        Map.of("SHOP_SECRET", "woo"),
        Map.of("shop", signed(SignatureScheme.base64, "X-WC-Webhook-Signature", "woo")));
  }

  @Test
  @Tag("feature-8")
  @Tag("feature-9")
  @Tag("feature-16")
  @Tag("feature-52")
  void customersToAMailingTool() throws Exception {
    play(
        "mailing",
        Map.of("MAILING_PASSWORD", "pass-1", "PARTNER_PASSWORD", "pass-2"),
        Map.of(
            "mailing",
            ANYONE.withBasic("erp:pass-1").withAnswer(answer(202, "{\"status\":\"OK\"}")),
            "partner",
            ANYONE.withBasic("partner:pass-2").withAnswer(answer(200, "{\"Success\": true}"))));
  }

  @Test
  @Tag("feature-15")
  void ledgerToABudget() throws Exception {
    play(
        "ledger",
        Map.of("BUDGET_SECRET", "budget", "CONTROLLING_PASSWORD", "pass-3"),
        Map.of(
            "budget",
            signed(SignatureScheme.timestamped, "X-Budget-Signature", "budget"),
            "controlling",
            ANYONE.withBasic("erp:pass-3")));
  }

  @Test
  @Tag("feature-66")
  void alertsToAChatAndToTeams() throws Exception {
    TestReceiver.Settings gone = ANYONE.withAnswer(answer(410, "gone"));
    Example example = new Example("alerts");
    try (Stage stage = new Stage(source, directory).empty()) {
      example.settings().forEach(stage::write);
      stage.receiver("shop", gone).receiver("chat", ANYONE).receiver("teams", ANYONE);
      source.execute(example.tables());
      stage.start();
      source.execute(example.steps().getFirst().toArray(String[]::new));
      stage.await("chat", 1);
      stage.await("teams", 1);
      new Golden(example, "chat").hold(stage);
      new Golden(example, "teams").hold(stage);
      Contract contract = new Contract(stage, Optional.of(example.expected()));
      contract.holds("chat", stage.inbox("chat"));
      contract.holds("teams", stage.inbox("teams"));
      assertThat(preview(example, stage)).contains("as expected");
    }
  }

  private void play(
      String name, Map<String, String> secrets, Map<String, TestReceiver.Settings> receivers)
      throws Exception {
    Example example = new Example(name);
    try (Stage stage = new Stage(source, directory).empty()) {
      example.settings().forEach(stage::write);
      secrets.forEach(stage::env);
      receivers.forEach(stage::receiver);
      source.execute(example.tables());
      stage.start();
      for (List<String> step : example.steps()) {
        source.execute(step.toArray(String[]::new));
        stage.awaitIdle(); // or what is read back would be of a later step
      }
      for (String recipient : receivers.keySet()) {
        new Golden(example, recipient).hold(stage);
      }
      Contract contract = new Contract(stage, Optional.of(example.expected()));
      for (String recipient : receivers.keySet()) {
        contract.holds(recipient, stage.inbox(recipient));
      }
      assertThat(example.recipients()).isEqualTo(receivers.keySet());
      assertThat(preview(example, stage)).contains("as expected");
    }
  }

  /** What a user's own CI would run, without a service; for whom variables are set. */
  private String preview(Example example, Stage stage) throws Exception {
    Path settings = directory.resolve("preview");
    Files.createDirectories(settings.resolve("recipients"));
    for (String name : example.settings().keySet()) {
      if (name.startsWith("connector-config/")) {
        stage.write(
            name.replace("connector-config/", "preview/"),
            withVariables(example.settings().get(name), stage.env()));
      }
    }
    Files.copy(
        directory.resolve("connector-config/source.properties"),
        settings.resolve("source.properties"));
    StringWriter out = new StringWriter();
    int status =
        new CommandLine(new PreviewCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(out, true))
            .execute(
                "preview",
                "--config",
                settings.toString(),
                "--templates",
                directory.resolve("jslt-templates").toString(),
                "--check",
                example.expected().toString());
    assertThat(status).as(out.toString()).isZero();
    return out.toString();
  }

  private static String withVariables(String text, Map<String, String> env) {
    return Pattern.compile("\\$\\{env:(\\w+)}")
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(String.valueOf(env.get(found.group(1)))));
  }

  private static TestReceiver.Settings signed(SignatureScheme style, String header, String secret) {
    return ANYONE.withSignature(new SignatureVerifier(style, header, List.of(new Secret(secret))));
  }

  private static TestReceiver.Answer answer(int status, String json) {
    return new TestReceiver.Answer(status, 0, Duration.ZERO, json);
  }
}
