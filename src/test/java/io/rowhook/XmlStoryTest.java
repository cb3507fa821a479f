package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.admin.receive.VerificationResult;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One event to two recipients, as JSON and as XML; and what the commands show of it. */
class XmlStoryTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @TempDir Path directory;

  @Test
  @Tag("feature-15")
  @Tag("feature-48")
  void oneEventAsJsonAndAsXml() {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage
          .receiver(
              "xml",
              TestReceiver.Settings.DEFAULT.withSignature(SignatureVerifier.standard(SECRET)))
          .receiver("json", TestReceiver.Settings.DEFAULT)
          .env("SECRET", SECRET);
      stage.write(
          "jslt-templates/Customer.jslt",
          "{ \"id\": .entityId, \"name\": .data.name, \"phone\": .data.phone, \"9\": [1, 2.5] }");
      stage.recipient("json", "url: ${env:JSON_URL}");
      stage.recipient(
          "xml",
          """
          url: ${env:XML_URL}
          authentication: { hmac: { secret: "${env:SECRET}" } }
          format: xml
          """);
      stage.start();
      source.execute(
          "INSERT INTO crm.customer VALUES (9007199254740993, E'A & \\x01 <B>', '', NULL, true)");
      ReceivedRequest xml = stage.await("xml", 1).getFirst();
      String expected =
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Customer><id>9007199254740993</id>"
              + "<name>A &amp; \uFFFD &lt;B&gt;</name><phone nil=\"true\"/><entry key=\"9\">"
              + "<item>1</item><item>2.5</item></entry></Customer>";
      assertThat(new String(xml.body(), StandardCharsets.UTF_8)).isEqualTo(expected);
      assertThat(xml.header("Content-Type")).isEqualTo("application/xml; charset=UTF-8");
      assertThat(xml.signature()).isEqualTo(VerificationResult.VERIFIED);
      ReceivedRequest json = stage.await("json", 1).getFirst();
      assertThat(json.header("Content-Type")).isEqualTo("application/json");
      assertThat(Stage.json(json).path("9").toString()).isEqualTo("[1,2.5]");
      assertThat(json.header("Webhook-Id")).isEqualTo(xml.header("Webhook-Id"));
      stage.awaitIdle();

      // Another format from now on; what was sent is still shown as it was.
      stage.recipient("xml", "url: ${env:XML_URL}\nformat: json\n");
      String shown = run(stage, "deliveries", "xml", "--event", "1", "--body");
      assertThat(shown).contains(expected).doesNotContain("cannot be shown");
    }
  }

  @Test
  @Tag("feature-45")
  void aTestIsOfTheRecipientsFormat() {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("xml", TestReceiver.Settings.DEFAULT);
      stage.recipient("xml", "url: ${env:XML_URL}\nformat: xml\n").start();
      assertThat(run(stage, "test", "xml")).contains("acknowledged");
      ReceivedRequest test = stage.await("xml", 1).getFirst();
      assertThat(test.header("Content-Type")).isEqualTo("application/xml; charset=UTF-8");
      assertThat(new String(test.body(), StandardCharsets.UTF_8)).contains("<Test><id>evt_test_");
    }
  }

  private static String run(Stage stage, String... arguments) {
    StringWriter out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--journal", stage.journalFile().toString()));
    int status =
        Main.commandLine(_ -> {})
            .setOut(new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    assertThat(status).as(out.toString()).isZero();
    return out.toString();
  }
}
