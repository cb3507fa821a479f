package io.rowhook.settings.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.settings.recipients.RecipientFileReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** A recipient's file is shown without secrets, and taken back with them. */
class YamlDocumentTest {

  private static final String WRITTEN =
      """
      # The shop 🛒, password: canary-in-comment, old https://hooks.example.com/canary/comment
      url: https://erp:x@hooks.example.com/services/canarycanary/in?token=canary1&kind=${env:KIND}
      authentication:
        hmac: { secret: 'whsec_canary2 ''quoted''', style: standard } # whsec_canary3
        basic:
          username: erp
          password: |
            canary4
            canary5
        bearer: "${file:/run/secrets/bearer}"
        oauth2: canary6
      headers:
        X-Token: canary7,[ä]
        Authorization: Token ${env:TOKEN}
        X-Number: 12345678
      proxy: http://user:canary8@proxy.example.com:3128
      timeout: 10s
      jobs: 4
      pasword: canary9
      subscriptions:
        - { entity: Order, when: '.data.token == "shown"' }
        - canary10
      """;

  private static final String SHOWN =
      """
      # The shop 🛒, password: ***
      url: "https://***@hooks.example.com/services/***/in?token=***&kind=${env:KIND}"
      authentication:
        hmac: { secret: "***", style: standard } # ***
        basic:
          username: erp
          password: "***"
        bearer: "${file:/run/secrets/bearer}"
        oauth2: "***"
      headers:
        X-Token: "***"
        Authorization: Token ${env:TOKEN}
        X-Number: "***"
      proxy: "http://***@proxy.example.com:3128"
      timeout: 10s
      jobs: 4
      pasword: "***"
      subscriptions:
        - { entity: Order, when: '.data.token == "shown"' }
        - "***"
      """;

  private static YamlDocument document(String text) {
    return YamlDocument.of(text, RecipientFileReader.OBJECT).orElseThrow();
  }

  @Test
  void secretsAreNotShown() {
    assertThat(document(WRITTEN).masked()).isEqualTo(SHOWN).doesNotContain("canary");
    ObjectNode json = document(WRITTEN).json();
    assertThat(json.toString()).doesNotContain("canary");
    assertThat(json.at("/jobs").isInt()).isTrue();
    assertThat(json.at("/timeout").textValue()).isEqualTo("10s");
    assertThat(json.at("/headers/X-Number").textValue()).isEqualTo("***");
    assertThat(json.at("/headers/Authorization").textValue()).isEqualTo("Token ${env:TOKEN}");
  }

  @Test
  void whatIsSentBackUnchangedIsAsItWas() {
    YamlDocument before = document(WRITTEN);
    YamlDocument.Restored restored = document(SHOWN).restored(Optional.of(before));
    assertThat(restored.unknown()).isEmpty();
    assertThat(document(restored.text()).masked()).isEqualTo(SHOWN);
    assertThat(restored.text()).contains("password: canary-in-comment, old", "# whsec_canary3");
    assertSame(restored.text());

    String asJson = YamlDocument.write(before.json());
    YamlDocument.Restored fromJson = document(asJson).restored(Optional.of(before));
    assertThat(fromJson.unknown()).isEmpty();
    assertSame(fromJson.text());
  }

  /** The values are those of the file, whatever their quotes. */
  private static void assertSame(String text) {
    assertThat(text)
        .contains("canary4", "canary5", "canary7,[ä]", "erp:x@", "canary1", "canary8", "canary9");
    for (String value :
        new String[] {"whsec_canary2 'quoted'", "canary4\ncanary5\n", "canary7,[ä]", "12345678"}) {
      assertThat(values(text)).contains(value);
    }
  }

  private static List<String> values(String text) {
    Iterable<Event> events = new Parse(LoadSettings.builder().build()).parseString(text);
    return StreamSupport.stream(events.spliterator(), false)
        .filter(ScalarEvent.class::isInstance)
        .map(event -> ((ScalarEvent) event).getValue())
        .toList();
  }

  @Test
  void noCommentBesideASecretIsShown() {
    String written =
        """
        # The shop, ask Ann
        url: https://hooks.example.com/in # since May
        # canary1 until May

        # canary2 until June
        # (Ann has it)
        authentication: # canary3
          # canary4
          hmac:
            style: standard # as ever
            secret: ${env:SECRET} # was canary5
            # canary6
        headers:
          X-Token: |- # canary7
            ${env:TOKEN}
          X-Other: # canary8
            ${env:OTHER}
        # canary9

        # the rest
        timeout: 10s # canaries may be named
        pasword: "${env:X}" # canary10
        """;
    String shown = document(written).masked();
    assertThat(shown)
        .contains(
            "# The shop, ask Ann",
            "# since May",
            "# the rest",
            "timeout: 10s # canaries may be named",
            "secret: ${env:SECRET} # ***")
        .doesNotContainPattern("canary([2-9]|10)")
        .doesNotContain("Ann has it");
    YamlDocument.Restored back = document(shown).restored(Optional.of(document(written)));
    assertThat(back.text()).isEqualTo(written);
    String less = shown.replaceFirst(" # \\*\\*\\*", "");
    assertThat(document(less).restored(Optional.of(document(written))).text())
        .contains("# ***") // nobody can tell which is gone
        .doesNotContainPattern("canary([2-9]|10)");
  }

  @Test
  void whatChangedIsTakenAndWhatCannotBeKnownIsNot() {
    YamlDocument before = document(WRITTEN);
    String edited =
        SHOWN
            .replace("X-Token: \"***\"", "X-Token: \"other\"")
            .replace("hooks.example.com/services", "evil.example.com/services")
            .replace("- \"***\"", "- \"***\"\n  - \"***\"");
    YamlDocument.Restored restored = document(edited).restored(Optional.of(before));
    assertThat(restored.unknown()).containsExactly("url", "subscriptions[2]");
    assertThat(document(SHOWN).restored(Optional.empty()).unknown())
        .containsExactlyInAnyOrder(
            "url",
            "authentication.hmac.secret",
            "authentication.basic.password",
            "authentication.oauth2",
            "headers.X-Token",
            "headers.X-Number",
            "proxy",
            "pasword",
            "subscriptions[1]");
  }

  @Test
  void whatIsNoYamlIsNotShownAtAll() {
    for (String text : new String[] {"", "a: [", "- a", "a: b\n---\nc: d\n", "a: *b", "\u0000"}) {
      assertThat(YamlDocument.of(text, RecipientFileReader.OBJECT)).as(text).isEmpty();
    }
    assertThat(document("{password:canary}").masked()).isEqualTo("{\"password:***\"}");
    assertThat(document("{ a: &x canary, url: *x }").masked()).doesNotContain("canary");
  }

  @Test
  void jsonIsWrittenAsOneWouldWriteIt() throws Exception {
    JsonNode json =
        Json.MAPPER.readTree(
            """
            {"url":"https://shop.example.com","jobs":4,"retry":{"jitter":0.2},"allow":{"http":true},
             "subscriptions":[{"entity":"Order","events":["Created"]}],"topic":"yes","note":null}
            """);
    assertThat(YamlDocument.write((ObjectNode) json))
        .isEqualTo(
            """
            url: https://shop.example.com
            jobs: 4
            retry:
              jitter: 0.2
            allow:
              http: true
            subscriptions:
            - entity: Order
              events:
              - Created
            topic: yes
            note: null
            """);
  }
}
