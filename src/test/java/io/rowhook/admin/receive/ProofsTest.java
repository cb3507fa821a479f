package io.rowhook.admin.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import io.rowhook.admin.cli.ShownHeaders;
import io.rowhook.base.Json;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Ed25519;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Ed25519Key;
import io.rowhook.recipient.Secret;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.signing.Signer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** All that can prove who has sent a request, from what signs to what receives, over real HTTP. */
@Tag("feature-24")
class ProofsTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String KEY = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
  private static final String PUBLIC = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  private static final String OTHER_KEY = "whsk_TM0Im/8F2zaWq06Ze9tWEXFY2VxTWX67a1r6QWFkWPs=";
  private static final byte[] BODY = "{\"name\":\"Müller\"}".getBytes(StandardCharsets.UTF_8);

  private final HttpClient client = HttpClient.newHttpClient();

  private record Form(
      String name, Authentication sent, SignatureVerifier check, SignatureVerifier other) {}

  @TestFactory
  Stream<DynamicTest> signaturesOfEveryForm() {
    String other = new Ed25519KeyOf(OTHER_KEY).publicKey();
    return Stream.of(
            new Form(
                "sha512, plain hex, own header",
                hmac(SignatureScheme.hex, Algorithm.sha512, ""),
                check(SignatureScheme.hex, Algorithm.sha512, "", "s"),
                check(SignatureScheme.hex, Algorithm.sha512, "sha512=", "s")),
            new Form(
                "sha512, own prefix, base64",
                hmac(SignatureScheme.base64, Algorithm.sha512, "HMAC "),
                check(SignatureScheme.base64, Algorithm.sha512, "HMAC ", "s"),
                check(SignatureScheme.base64, Algorithm.sha256, "HMAC ", "s")),
            new Form(
                "sha512, timestamped",
                hmac(SignatureScheme.timestamped, Algorithm.sha512, ""),
                check(SignatureScheme.timestamped, Algorithm.sha512, "", "s"),
                check(SignatureScheme.timestamped, Algorithm.sha512, "", "t")),
            new Form(
                "the secret before, in plain hex",
                hmac(SignatureScheme.hex, Algorithm.sha256, ""),
                check(SignatureScheme.hex, Algorithm.sha256, "", "old"),
                check(SignatureScheme.hex, Algorithm.sha256, "", "older")),
            new Form(
                "v1a alone",
                keys(Optional.empty()),
                v1a(List.of(), PUBLIC),
                v1a(List.of(), "whpk_" + ANOTHER)),
            new Form(
                "v1a of the key before",
                keys(Optional.empty()),
                v1a(List.of(), other),
                v1a(List.of(new Secret(SECRET)), PUBLIC)),
            new Form(
                "v1 and v1a",
                keys(Optional.of(standard())),
                v1a(List.of(new Secret(SECRET)), PUBLIC),
                v1a(List.of(new Secret(SECRET.replace("M", "N"))), PUBLIC)),
            new Form(
                "v1 beside v1a",
                keys(Optional.of(standard())),
                SignatureVerifier.standard(SECRET),
                v1a(List.of(new Secret(SECRET)), "whpk_" + ANOTHER)))
        .map(form ->
            DynamicTest.dynamicTest(
                form.name(),
                () -> {
                  assertThat(
                          send(
                                  TestReceiver.Settings.DEFAULT.withSignature(form.check()),
                                  form.sent())
                              .signature())
                      .isEqualTo(VerificationResult.VERIFIED);
                  assertThat(
                          send(
                                  TestReceiver.Settings.DEFAULT.withSignature(form.other()),
                                  form.sent())
                              .accepted())
                      .isFalse();
                  assertThat(send(TestReceiver.Settings.DEFAULT, form.sent()).signature())
                      .isEqualTo(
                          form.sent().ed25519().isPresent()
                              ? VerificationResult.UNCHECKED
                              : VerificationResult.ABSENT);
                }));
  }

  /** The 32 bytes of the public key of RFC 8032, test 3. */
  private static final String ANOTHER = "/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=";

  @Test
  void theStandardsOwnLibraryTakesWhatHasBoth() throws Exception {
    Instant now = Instant.now();
    List<HttpHeader> headers =
        new Signer(keys(Optional.of(standard()))).headers("evt_1", now, BODY);
    assertThat(headers).hasSize(1);
    assertThat(headers.getFirst().value()).matches("v1,\\S{44} v1a,\\S{88} v1a,\\S{88}");
    new Webhook(SECRET)
        .verify(
            new String(BODY, StandardCharsets.UTF_8),
            Map.of(
                "webhook-id", List.of("evt_1"),
                "webhook-timestamp", List.of(Long.toString(now.getEpochSecond())),
                "webhook-signature", List.of(headers.getFirst().value())));
  }

  @Test
  void givesTheKnownAnswersOfEd25519() throws Exception {
    var vectors =
        Json.MAPPER
            .readTree(Files.readAllBytes(Path.of("src/test/resources/vectors/signatures.json")))
            .path("ed25519");
    assertThat(vectors).hasSize(2);
    vectors.forEach(vector -> {
      Secret key = new Secret(vector.path("privateKey").asText());
      assertThat(Ed25519Key.parse(key).publicKey()).isEqualTo(vector.path("secret").asText());
      Ed25519 keys = new Ed25519(key, Optional.empty());
      assertThat(
              new Signer(Authentication.NONE.with(Optional.of(keys)))
                  .headers(
                      vector.path("id").asText(),
                      Instant.ofEpochSecond(vector.path("timestamp").asLong()),
                      vector.path("body").asText().getBytes(StandardCharsets.UTF_8)))
          .containsExactly(new HttpHeader("Webhook-Signature", vector.path("signature").asText()));
    });
  }

  @Test
  void theKeyBeforeSignsUntilItEnds() {
    Instant now = Instant.now();
    Ed25519 keys =
        new Ed25519(
            new Secret(KEY), Optional.of(new Previous(new Secret(OTHER_KEY), now.plusSeconds(1))));
    Signer signer = new Signer(Authentication.NONE.with(Optional.of(keys)));
    assertThat(signer.headers("evt_1", now, BODY).getFirst().value()).contains(" ");
    assertThat(signer.headers("evt_1", now.plusSeconds(1), BODY).getFirst().value())
        .matches("v1a,\\S{88}");
  }

  @Test
  void aBearerTokenIsVerified() throws Exception {
    Authentication sent =
        new Authentication(Optional.empty(), Optional.empty(), Optional.of(new Secret("t-1")));
    assertThat(send(TestReceiver.Settings.DEFAULT.withBearer("t-1"), sent).bearer())
        .isEqualTo(VerificationResult.VERIFIED);
    ReceivedRequest wrong = send(TestReceiver.Settings.DEFAULT.withBearer("t-2"), sent);
    assertThat(wrong.bearer()).isEqualTo(VerificationResult.WRONG);
    assertThat(wrong.status()).isEqualTo(401);
    ReceivedRequest basic = send(TestReceiver.Settings.DEFAULT.withBasic("a:b"), sent);
    assertThat(basic.basic()).isEqualTo(VerificationResult.MISSING);
    assertThat(basic.bearer()).isEqualTo(VerificationResult.UNCHECKED);
    Authentication pair =
        new Authentication(Optional.empty(), Optional.of(new Basic("a", new Secret("b"))));
    assertThat(send(TestReceiver.Settings.DEFAULT.withBearer("t-1"), pair).bearer())
        .isEqualTo(VerificationResult.MISSING);
  }

  @Test
  void whatMayBeACredentialIsMasked() throws Exception {
    StringWriter out = new StringWriter();
    ReceivedPrinter printer =
        new ReceivedPrinter(
            new PrintWriter(out), ReceivedPrinter.Form.json, new ShownHeaders("X-Sign"));
    List<ReceivedRequest> received = new CopyOnWriteArrayList<>();
    try (TestReceiver receiver = new TestReceiver(TestReceiver.Settings.DEFAULT, received::add)) {
      client.send(
          HttpRequest.newBuilder(receiver.uri())
              .header("Authorization", "Bearer canary-1")
              .header("X-API-Key", "canary-2")
              .header("X-Sign", "sha512=abc")
              .header("Cookie", "s=canary-3")
              .header("Rowhook-Topic", "order.updated")
              .POST(BodyPublishers.ofByteArray(BODY))
              .build(),
          BodyHandlers.discarding());
    }
    printer.print(received.getFirst());
    assertThat(out.toString())
        .contains(
            "\"authorization\":\"***\"",
            "\"x-api-key\":\"***\"",
            "\"cookie\":\"***\"",
            "\"x-sign\":\"sha512=abc\"",
            "\"rowhook-topic\":\"order.updated\"",
            "\"bearer\":\"unchecked\"")
        .doesNotContain("canary");
  }

  @Test
  void aKeyOfTheWrongFormIsRefusedAndNotShown() {
    assertThatThrownBy(() -> Ed25519Key.parse(new Secret("canary")))
        .hasMessage("must begin with whsk_");
    assertThatThrownBy(() -> Ed25519Key.parse(new Secret("whsk_cana*ry")))
        .hasMessage("must be base64 after whsk_")
        .hasNoCause();
    assertThatThrownBy(() -> Ed25519Key.parse(new Secret("whsk_AAAA")))
        .hasMessage("must be the base64 of 32 bytes, or of 64 with the public key, and it is of 3");
    String stranger =
        java.util.Base64.getEncoder()
            .encodeToString(HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc4".repeat(4)));
    assertThatThrownBy(() -> Ed25519Key.parse(new Secret("whsk_" + stranger)))
        .hasMessage("must have its own public key behind it, and it has another");
    assertThatThrownBy(() -> new Ed25519Verifier(List.of("whpk_AAAA")))
        .hasMessage("a public key is whpk_ and the base64 of 32 bytes; this one is not");
  }

  private record Ed25519KeyOf(String text) {
    String publicKey() {
      return Ed25519Key.parse(new Secret(text)).publicKey();
    }
  }

  private ReceivedRequest send(TestReceiver.Settings settings, Authentication authentication)
      throws Exception {
    List<ReceivedRequest> received = new CopyOnWriteArrayList<>();
    try (TestReceiver receiver = new TestReceiver(settings, received::add)) {
      Instant now = Instant.now();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(receiver.uri())
              .header("Webhook-Id", "evt_1")
              .header("Webhook-Timestamp", Long.toString(now.getEpochSecond()))
              .PUT(BodyPublishers.ofByteArray(BODY));
      new Signer(authentication)
          .headers("evt_1", now, BODY)
          .forEach(header -> request.header(header.name(), header.value()));
      client.send(request.build(), BodyHandlers.discarding());
    }
    return received.getFirst();
  }

  private static Hmac standard() {
    return new Hmac(
        new Secret(SECRET),
        SignatureScheme.standard,
        SignatureScheme.standard.defaultHeader(),
        Optional.empty());
  }

  private static Authentication hmac(SignatureScheme style, Algorithm algorithm, String prefix) {
    Previous old = new Previous(new Secret("old"), Instant.now().plusSeconds(600));
    return new Authentication(
        Optional.of(
            new Hmac(new Secret("s"), style, "X-Sign", algorithm, prefix, Optional.of(old))),
        Optional.empty());
  }

  private static SignatureVerifier check(
      SignatureScheme style, Algorithm algorithm, String prefix, String secret) {
    return new SignatureVerifier(
        style, "X-Sign", algorithm, prefix, List.of(new Secret(secret)), Ed25519Verifier.NONE);
  }

  private static Authentication keys(Optional<Hmac> hmac) {
    Previous old = new Previous(new Secret(OTHER_KEY), Instant.now().plusSeconds(600));
    return new Authentication(hmac, Optional.empty())
        .with(Optional.of(new Ed25519(new Secret(KEY), Optional.of(old))));
  }

  private static SignatureVerifier v1a(List<Secret> secrets, String publicKey) {
    return new SignatureVerifier(
        SignatureScheme.standard,
        SignatureScheme.standard.defaultHeader(),
        Algorithm.sha256,
        "",
        secrets,
        new Ed25519Verifier(List.of(publicKey)));
  }
}
