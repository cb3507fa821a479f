package io.rowhook.admin.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The receiver's verifier against the known answers of the wire contract. */
class SignatureVerifierTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String TEXT_SECRET = "0123456789abcdef0123456789abcdef";
  private static final long SIGNED_AT = 1_614_265_330;
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  private static final String THIN =
      "{\"EntityType\":\"Article\",\"EntityId\":7,\"EntityEvent\":\"Updated\"}";

  private final Map<String, List<String>> headers = new TreeMap<>();

  @Test
  void standard() {
    standardHeaders(SIGNATURE);
    assertThat(check(SECRET, BODY, SIGNED_AT)).isEqualTo(VerificationResult.VERIFIED);
    assertThat(check(OTHER, BODY, SIGNED_AT)).isEqualTo(VerificationResult.WRONG);
    assertThat(check(SECRET, BODY + " ", SIGNED_AT)).isEqualTo(VerificationResult.WRONG);
    headers.put("webhook-id", List.of("msg_another"));
    assertThat(check(SECRET, BODY, SIGNED_AT)).isEqualTo(VerificationResult.WRONG);
    headers.remove("webhook-id");
    assertThat(check(SECRET, BODY, SIGNED_AT)).isEqualTo(VerificationResult.WRONG);
  }

  @Test
  void standardWithTextBeyondAscii() {
    headers.put("webhook-id", List.of("evt_16B3748_1f"));
    headers.put("webhook-timestamp", List.of("1700000000"));
    headers.put("webhook-signature", List.of("v1,KuhyIFgfC7Xed21tbnJjcFVPI0a4t1ILptGs8Iatsj4="));
    assertThat(check(SECRET, "{\"name\":\"Müller & Söhne — 15\u2009%\"}", 1_700_000_000))
        .isEqualTo(VerificationResult.VERIFIED);
  }

  @Test
  void oneOfSeveralSignaturesIsEnough() {
    standardHeaders("v1,AAAA " + SIGNATURE);
    assertThat(check(SECRET, BODY, SIGNED_AT)).isEqualTo(VerificationResult.VERIFIED);
    standardHeaders("v1a,AAAA v2," + SIGNATURE.substring(3));
    assertThat(check(SECRET, BODY, SIGNED_AT)).isEqualTo(VerificationResult.WRONG);
  }

  @Test
  void oneOfSeveralSecretsIsEnough() {
    standardHeaders(SIGNATURE);
    SignatureVerifier check =
        new SignatureVerifier(
            SignatureScheme.standard,
            "Webhook-Signature",
            List.of(new Secret(OTHER), new Secret(SECRET)));
    assertThat(check.check(headers, bytes(BODY), Instant.ofEpochSecond(SIGNED_AT)))
        .isEqualTo(VerificationResult.VERIFIED);
  }

  @Test
  void fiveMinutesEitherWayAreTolerated() {
    standardHeaders(SIGNATURE);
    assertThat(check(SECRET, BODY, SIGNED_AT + 300)).isEqualTo(VerificationResult.VERIFIED);
    assertThat(check(SECRET, BODY, SIGNED_AT - 300)).isEqualTo(VerificationResult.VERIFIED);
    assertThat(check(SECRET, BODY, SIGNED_AT + 301)).isEqualTo(VerificationResult.STALE);
    assertThat(check(SECRET, BODY, SIGNED_AT - 301)).isEqualTo(VerificationResult.STALE);
    assertThat(check(OTHER, BODY, SIGNED_AT + 301)).isEqualTo(VerificationResult.WRONG);
  }

  @Test
  void withoutSecretNothingIsClaimed() {
    assertThat(SignatureVerifier.NONE.check(headers, bytes(BODY), Instant.now()))
        .isEqualTo(VerificationResult.ABSENT);
    assertThat(check(SECRET, BODY, SIGNED_AT)).isEqualTo(VerificationResult.MISSING);
    standardHeaders(SIGNATURE);
    assertThat(SignatureVerifier.NONE.check(headers, bytes(BODY), Instant.now()))
        .isEqualTo(VerificationResult.UNCHECKED);
  }

  @Test
  void hex() {
    headers.put(
        "x-hub-signature-256",
        List.of("sha256=b45f4dce203146815c28bac3ce0ca6b469d5d873c9bfa3df576d9ec992731830"));
    assertThat(check(SignatureScheme.hex, THIN)).isEqualTo(VerificationResult.VERIFIED);
    assertThat(check(SignatureScheme.hex, BODY)).isEqualTo(VerificationResult.WRONG);
  }

  @Test
  void base64() {
    headers.put("x-webhook-hmac-sha256", List.of("tF9NziAxRoFcKLrDzgymtGnV2HPJv6PfV22eyZJzGDA="));
    assertThat(check(SignatureScheme.base64, THIN)).isEqualTo(VerificationResult.VERIFIED);
    assertThat(check(SignatureScheme.base64, BODY)).isEqualTo(VerificationResult.WRONG);
  }

  @Test
  void timestamped() {
    headers.put(
        "x-webhook-signature",
        List.of(
            "t=1700000000,v1=5e96926037da570274d4331060436380a40bee18ab0905889723a1ecdbb992df"));
    assertThat(check(SignatureScheme.timestamped, THIN)).isEqualTo(VerificationResult.VERIFIED);
    assertThat(check(SignatureScheme.timestamped, BODY)).isEqualTo(VerificationResult.WRONG);
    headers.put("x-webhook-signature", List.of("nonsense"));
    assertThat(check(SignatureScheme.timestamped, THIN)).isEqualTo(VerificationResult.WRONG);
  }

  @Test
  void aSecretOfTheWrongFormIsRefusedAndNotShown() {
    assertThatThrownBy(() -> SignatureVerifier.standard("MfKQ9r8GKYqrTwjU"))
        .hasMessage("a secret of style standard is whsec_ and base64; this one does not start so");
    assertThatThrownBy(() -> SignatureVerifier.standard("whsec_?geheim?"))
        .hasMessage(
            "a secret of style standard is whsec_ and base64; what follows whsec_ is not base64")
        .hasNoCause();
  }

  private void standardHeaders(String signature) {
    headers.put("webhook-id", List.of("msg_p5jXN8AQM9LWM0D4loKWxJek"));
    headers.put("webhook-timestamp", List.of(Long.toString(SIGNED_AT)));
    headers.put("webhook-signature", List.of(signature));
  }

  private VerificationResult check(String secret, String body, long now) {
    return SignatureVerifier.standard(secret)
        .check(headers, bytes(body), Instant.ofEpochSecond(now));
  }

  private VerificationResult check(SignatureScheme style, String body) {
    return new SignatureVerifier(style, style.defaultHeader(), List.of(new Secret(TEXT_SECRET)))
        .check(headers, bytes(body), Instant.ofEpochSecond(1_700_000_000));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
