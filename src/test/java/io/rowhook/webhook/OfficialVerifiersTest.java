package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.Secret;
import io.rowhook.testing.NpmPackages;
import io.rowhook.testing.PlainSets;
import java.io.BufferedReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What a real dispatcher sends, verified by the packages that recipients use: {@code
 * standardwebhooks}, {@code stripe} and {@code @octokit/webhooks-methods}, in a Node process. Needs
 * Node and npm: {@code mvn -Pnpm test}.
 */
@Tag("npm")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfficialVerifiersTest {

  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String TEXT = "geheim: äöü \u20AC \uD83D\uDE00";

  /** What the receiver knows of each path. */
  private static final Map<String, Known> RECIPIENTS =
      Map.of(
          "/standard", new Known("standard", NEW),
          "/standard-old", new Known("standard", OLD),
          "/timestamped", new Known("timestamped", TEXT),
          "/timestamped-old", new Known("timestamped", "old"),
          "/hex", new Known("hex", TEXT),
          "/hex-old", new Known("hex-previous", "old"));

  /** Verifiers parse what they have verified, so that all are JSON. */
  private static final List<String> BODIES =
      List.of(
          "{}",
          "{\"name\":\"Müller & Söhne\",\"note\":\"\u20AC \u65E5\u672C \uD83D\uDE00 e\u0301"
              + " \u2028\"}",
          " { \"spaces\" : [ 1 ,\t2.50 ] }\r\n",
          "{\"escaped\":\"\\u00e4\\uD83D\\uDE00\\n\",\"empty\":\"\",\"nothing\":null}",
          "{\"large\":\"" + "äöü \uD83D\uDE00 0123456789 ".repeat(150_000) + "\"}");

  private record Known(String style, String secret) {}

  private @Nullable Process node;
  private int port;

  @BeforeAll
  void start() throws Exception {
    Process process =
        NpmPackages.node("receiver.mjs").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    node = process;
    ObjectNode known = new ObjectMapper().createObjectNode();
    RECIPIENTS.forEach((path, recipient) ->
        known.putObject(path).put("style", recipient.style).put("secret", recipient.secret));
    Writer in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(known + "\n");
    in.flush(); // not closed: it ends with it
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    port = Integer.parseInt(String.valueOf(out.readLine()));
  }

  @AfterAll
  void stop() {
    if (node != null) {
      node.destroy();
    }
  }

  @Test
  @Tag("feature-24")
  void verifyWhatTheDispatcherSends() {
    assertThat(sent("/standard", hmac(NEW, SignatureScheme.standard, null))).containsOnly("204 ");
    assertThat(sent("/timestamped", hmac(TEXT, SignatureScheme.timestamped, null)))
        .containsOnly("204 ");
    assertThat(sent("/hex", hmac(TEXT, SignatureScheme.hex, null))).containsOnly("204 ");
  }

  @Test
  @Tag("feature-24")
  void refuseAnotherSecret() {
    assertThat(sent("/standard", hmac(OLD, SignatureScheme.standard, null)))
        .containsOnly("400 No matching signature found");
    assertThat(sent("/timestamped", hmac("other", SignatureScheme.timestamped, null)))
        .isNotEmpty()
        .allMatch(
            answer -> answer.startsWith("400 No signatures found matching the expected signature"));
    assertThat(sent("/hex", hmac("other", SignatureScheme.hex, null)))
        .containsOnly("400 octokit: the signature does not match");
  }

  @Test
  @Tag("feature-25")
  void verifyWithEitherSecretWhileItIsRotated() {
    for (String path : List.of("/standard", "/standard-old")) {
      assertThat(sent(path, hmac(NEW, SignatureScheme.standard, OLD)))
          .as(path)
          .containsOnly("204 ");
    }
    for (String path : List.of("/timestamped", "/timestamped-old")) {
      assertThat(sent(path, hmac(TEXT, SignatureScheme.timestamped, "old")))
          .as(path)
          .containsOnly("204 ");
    }
    for (String path : List.of("/hex", "/hex-old")) {
      assertThat(sent(path, hmac(TEXT, SignatureScheme.hex, "old"))).as(path).containsOnly("204 ");
    }
    assertThat(sent("/standard-old", hmac(NEW, SignatureScheme.standard, null)))
        .containsOnly("400 No matching signature found");
  }

  /** Sends all bodies through a dispatcher; returns status and first bytes of what was answered. */
  private List<String> sent(String path, Authentication authentication) {
    Map<Long, String> answers = new TreeMap<>();
    try (Outbound out = new Outbound()) {
      out.sets.use(PlainSets.set("bodies", OfficialVerifiersTest::body));
      out.start(
          Outbound.recipient(
              "shop",
              URI.create("http://127.0.0.1:" + port + path),
              new Parallel(2),
              retry(),
              Duration.ofSeconds(30),
              authentication));
      out.journal.append(orders(BODIES.size(), 1));
      out.settled("shop");
      for (long sequence = 1; sequence <= BODIES.size(); sequence++) {
        Attempt attempt = out.store("shop").attempts(sequence).getFirst();
        String answer = attempt.answer();
        answers.put(sequence, attempt.status() + " " + (answer == null ? "" : answer));
      }
    }
    assertThat(answers).hasSize(BODIES.size());
    return List.copyOf(answers.values());
  }

  private static byte[] body(Event event) {
    return BODIES.get(Integer.parseInt(event.entityId()) - 1).getBytes(StandardCharsets.UTF_8);
  }

  private static Authentication hmac(
      String secret, SignatureScheme style, @Nullable String previous) {
    return new Authentication(
        Optional.of(
            new Hmac(
                new Secret(secret),
                style,
                style.defaultHeader(),
                Optional.ofNullable(previous)
                    .map(old -> new Previous(new Secret(old), Instant.now().plusSeconds(600))))),
        Optional.empty());
  }
}
