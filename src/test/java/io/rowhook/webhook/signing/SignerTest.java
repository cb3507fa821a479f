package io.rowhook.webhook.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import io.rowhook.webhook.HttpHeader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SignerTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final byte[] BODY = "{\"name\":\"Müller\"}".getBytes(StandardCharsets.UTF_8);
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  @Test
  @Tag("feature-24")
  void givesTheKnownAnswers() throws Exception {
    assertKnownAnswers();
  }

  private static void assertKnownAnswers() throws Exception {
    JsonNode vectors = vectors();
    assertThat(vectors.get("signatures")).hasSizeGreaterThanOrEqualTo(7);
    for (JsonNode vector : vectors.get("signatures")) {
      SignatureScheme style = SignatureScheme.valueOf(vector.get("style").asText());
      Signer signer = new Signer(hmac(vector.get("secret").asText(), style, Optional.empty()));
      Instant at =
          vector.get("timestamp").isNull()
              ? NOW
              : Instant.ofEpochSecond(vector.get("timestamp").asLong());
      List<HttpHeader> headers =
          signer.headers(
              vector.get("id").asText("evt_1"),
              at,
              vector.get("body").asText().getBytes(StandardCharsets.UTF_8));
      assertThat(headers)
          .as("%s", vector)
          .containsExactly(new HttpHeader(style.defaultHeader(), vector.get("signature").asText()));
    }
    for (JsonNode vector : vectors.get("basic")) {
      Signer signer =
          new Signer(
              new Authentication(
                  Optional.empty(),
                  Optional.of(
                      new Basic(
                          vector.get("username").asText(),
                          new Secret(vector.get("password").asText())))));
      assertThat(signer.headers("evt_1", NOW, BODY))
          .containsExactly(new HttpHeader("Authorization", vector.get("header").asText()));
    }
  }

  @Test
  void signsWhereTheKeysLieInATokenAndNothingCanBeCopied() throws Exception {
    Security.insertProviderAt(new Token(), 1);
    try {
      assertThat(Mac.getInstance("HmacSHA256").getProvider().getName()).isEqualTo("Token");
      assertKnownAnswers();
    } finally {
      Security.removeProvider("Token");
    }
  }

  private static final class Token extends Provider {
    private static final long serialVersionUID = 1;

    Token() {
      super("Token", "1", "as systems with FIPS have one");
      put("Mac.HmacSHA256", TokenMac.class.getName());
    }
  }

  /** Not Cloneable. */
  public static final class TokenMac extends MacSpi {
    private final Mac mac;

    public TokenMac() throws GeneralSecurityException {
      mac = Mac.getInstance("HmacSHA256", "SunJCE");
    }

    @Override
    protected int engineGetMacLength() {
      return mac.getMacLength();
    }

    @Override
    protected void engineInit(Key key, AlgorithmParameterSpec parameters)
        throws InvalidKeyException {
      mac.init(key);
    }

    @Override
    protected void engineUpdate(byte input) {
      mac.update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      mac.update(input, offset, length);
    }

    @Override
    protected byte[] engineDoFinal() {
      return mac.doFinal();
    }

    @Override
    protected void engineReset() {
      mac.reset();
    }
  }

  @Test
  @Tag("feature-24")
  void isVerifiedByTheStandardsOwnLibrary() throws Exception {
    Instant now = Instant.now();
    List<HttpHeader> headers =
        new Signer(hmac(NEW, SignatureScheme.standard, Optional.empty()))
            .headers("evt_1", now, BODY);
    verify(NEW, "evt_1", now, headers);
    assertThatThrownBy(() -> verify(OLD, "evt_1", now, headers)).hasMessageContaining("signature");
    assertThatThrownBy(() -> verify(NEW, "evt_2", now, headers)).hasMessageContaining("signature");
  }

  @Test
  @Tag("feature-25")
  void bothSecretsVerifyUntilTheOldOneEnds() throws Exception {
    Instant now = Instant.now();
    Signer signer =
        new Signer(
            hmac(
                NEW,
                SignatureScheme.standard,
                Optional.of(new Previous(new Secret(OLD), now.plusMillis(1)))));

    List<HttpHeader> during = signer.headers("evt_1", now, BODY);
    assertThat(during).hasSize(1);
    assertThat(during.getFirst().value()).matches("v1,\\S{44} v1,\\S{44}");
    verify(NEW, "evt_1", now, during);
    verify(OLD, "evt_1", now, during);

    Instant later = now.plusMillis(1);
    List<HttpHeader> after = signer.headers("evt_1", later, BODY);
    verify(NEW, "evt_1", later, after);
    assertThatThrownBy(() -> verify(OLD, "evt_1", later, after)).hasMessageContaining("signature");
  }

  @Test
  @Tag("feature-25")
  void rotatesInTheOtherStylesAsTheirVerifiersAllow() {
    Previous previous = new Previous(new Secret("old"), NOW.plusSeconds(1));
    for (SignatureScheme style : List.of(SignatureScheme.hex, SignatureScheme.base64)) {
      String withNew = only(style, "new");
      String withOld = only(style, "old");
      assertThat(new Signer(hmac("new", style, Optional.of(previous))).headers("evt_1", NOW, BODY))
          .containsExactly(
              new HttpHeader(style.defaultHeader(), withNew),
              new HttpHeader(style.defaultHeader() + "-Previous", withOld));
    }
    String withNew = only(SignatureScheme.timestamped, "new");
    String withOld = only(SignatureScheme.timestamped, "old");
    assertThat(
            new Signer(hmac("new", SignatureScheme.timestamped, Optional.of(previous)))
                .headers("evt_1", NOW, BODY))
        .containsExactly(
            new HttpHeader(
                "X-Webhook-Signature", withNew + withOld.substring(withOld.indexOf(",v1="))));
  }

  @Test
  @Tag("feature-24")
  void makesBothHeadersOrNone() {
    Authentication both =
        new Authentication(
            hmac(NEW, SignatureScheme.standard, Optional.empty()).hmac(),
            Optional.of(new Basic("erp", new Secret("pä:ss"))));
    assertThat(new Signer(both).headers("evt_1", NOW, BODY))
        .extracting(HttpHeader::name)
        .containsExactly("Webhook-Signature", "Authorization");
    assertThat(new Signer(Authentication.NONE).headers("evt_1", NOW, BODY)).isEmpty();
  }

  @Test
  void writesToTheConfiguredHeader() {
    Authentication shopify =
        new Authentication(
            Optional.of(
                new Hmac(
                    new Secret("s"),
                    SignatureScheme.base64,
                    "X-Shopify-Hmac-Sha256",
                    Optional.empty())),
            Optional.empty());
    assertThat(new Signer(shopify).headers("evt_1", NOW, BODY))
        .extracting(HttpHeader::name)
        .containsExactly("X-Shopify-Hmac-Sha256");
  }

  /** Test case 2 of RFC 4231. */
  @Test
  void signsWithSha512AndAnyPrefix() {
    String right =
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";
    byte[] data = "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8);
    String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(right));
    assertThat(signed(SignatureScheme.hex, Algorithm.sha512, "", data)).isEqualTo(right);
    assertThat(signed(SignatureScheme.hex, Algorithm.sha512, "sha512=", data))
        .isEqualTo("sha512=" + right);
    assertThat(signed(SignatureScheme.base64, Algorithm.sha512, "HMAC ", data))
        .isEqualTo("HMAC " + base64);
    assertThat(signed(SignatureScheme.hex, Algorithm.sha256, "", data))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  private static String signed(
      SignatureScheme style, Algorithm algorithm, String prefix, byte[] data) {
    Hmac hmac =
        new Hmac(
            new Secret("Jefe"),
            style,
            "X-Sign",
            algorithm,
            prefix,
            Optional.of(new Previous(new Secret("Jefe"), NOW.plusSeconds(1))));
    List<HttpHeader> headers =
        new Signer(new Authentication(Optional.of(hmac), Optional.empty()))
            .headers("evt_1", NOW, data);
    assertThat(headers).extracting(HttpHeader::name).containsExactly("X-Sign", "X-Sign-Previous");
    assertThat(headers.getLast().value()).isEqualTo(headers.getFirst().value());
    return headers.getFirst().value();
  }

  @Test
  @Tag("feature-26")
  void refusesSecretsOfTheWrongFormWithoutQuotingThem() {
    assertThatThrownBy(
            () -> new Signer(hmac("topsecret", SignatureScheme.standard, Optional.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a secret of style standard must be whsec_ followed by base64; this one does not start"
                + " with whsec_")
        .hasNoCause();
    assertThatThrownBy(
            () -> new Signer(hmac("whsec_top*secret", SignatureScheme.standard, Optional.empty())))
        .hasMessage(
            "a secret of style standard must be whsec_ followed by base64; what follows is not"
                + " base64")
        .hasNoCause();
    assertThatThrownBy(() -> new Signer(hmac("", SignatureScheme.hex, Optional.empty())))
        .hasMessage("the HMAC secret is empty");
    assertThat(new HttpHeader("Authorization", "Basic c2VjcmV0").toString()).doesNotContain("c2Vj");
  }

  @Test
  void signsOnManyThreadsAtOnce() throws Exception {
    Signer signer = new Signer(hmac(NEW, SignatureScheme.standard, Optional.empty()));
    List<HttpHeader> expected = signer.headers("evt_1", NOW, BODY);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<List<HttpHeader>> sign = () -> signer.headers("evt_1", NOW, BODY);
      for (Future<List<HttpHeader>> signed :
          threads.invokeAll(IntStream.range(0, 500).mapToObj(_ -> sign).toList())) {
        assertThat(signed.get()).isEqualTo(expected);
      }
    }
  }

  private static String only(SignatureScheme style, String secret) {
    return new Signer(hmac(secret, style, Optional.empty()))
        .headers("evt_1", NOW, BODY)
        .getFirst()
        .value();
  }

  private static Authentication hmac(
      String secret, SignatureScheme style, Optional<Previous> previous) {
    return new Authentication(
        Optional.of(new Hmac(new Secret(secret), style, style.defaultHeader(), previous)),
        Optional.empty());
  }

  private static void verify(String secret, String id, Instant at, List<HttpHeader> headers)
      throws Exception {
    new Webhook(secret)
        .verify(
            new String(BODY, StandardCharsets.UTF_8),
            Map.of(
                "webhook-id", List.of(id),
                "webhook-timestamp", List.of(Long.toString(at.getEpochSecond())),
                "webhook-signature", List.of(headers.getFirst().value())));
  }

  private static JsonNode vectors() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(SignerTest.class.getResourceAsStream("/vectors/signatures.json"))) {
      return new ObjectMapper().readTree(in);
    }
  }
}
