package io.rowhook.settings.recipients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDiff;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a recipient's file says about its requests. */
class RequestOptionsParserTest {

  private static final String FILE = "config/recipients/shop.yaml";
  private static final String URL = "url: https://a.example\n";

  @TempDir Path temp;

  @Test
  void headersAndBearerArriveAsSecrets() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .env("KEY", "canary1")
            .shop(
                URL
                    + "authentication: {bearer: '${env:KEY}-t'}\n"
                    + "headers: {X-API-Key: '${env:KEY}', Accept: application/json, X-Number: 7}\n");
    Settings before = directory.read();
    Recipient shop = before.recipients().getFirst();
    assertThat(shop.request().headers())
        .containsExactly(
            Map.entry("X-API-Key", new Secret("canary1")),
            Map.entry("Accept", new Secret("application/json")),
            Map.entry("X-Number", new Secret("7")));
    assertThat(shop.authentication().bearer()).contains(new Secret("canary1-t"));
    assertThat(before.toString() + shop.authentication() + shop.request())
        .doesNotContain("canary1");
    directory.env("KEY", "canary2");
    assertThat(SettingsDiff.between(before, directory.read()).lines())
        .containsExactly("recipient shop: authentication.bearer, headers changed");
  }

  @Test
  void authorizationMayBeAHeaderOfItsOwn() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp).shop(URL + "headers: {Authorization: Token abc}\n");
    assertThat(directory.read().recipients().getFirst().request().headers())
        .containsEntry("Authorization", new Secret("Token abc"));
  }

  @TestFactory
  Stream<DynamicTest> bearer() {
    String rule =
        ":2:26: authentication.bearer must be a token of printable ASCII characters without spaces."
            + " Give it the token alone, without the word Bearer.";
    return Stream.of(
        shop("with the scheme", URL + "authentication: {bearer: Bearer hidden}\n", rule),
        shop("empty", URL + "authentication: {bearer: ''}\n", rule),
        shop(
            "beside basic",
            URL + "authentication: {bearer: x, basic: {username: a, password: b}}\n",
            ":2:26: authentication.bearer cannot stand beside basic: both are sent in the header"
                + " Authorization. Take one of them out."));
  }

  @Test
  void formsOfASignatureArrive() throws SettingsException {
    SettingsDirectory directory = new SettingsDirectory(temp).shop(hmac("hex, prefix: ''"));
    assertThat(directory.read().recipients().getFirst().authentication().hmac())
        .hasValueSatisfying(hmac -> assertThat(hmac.prefix()).isEmpty());
    directory.shop(hmac("hex, algorithm: sha512, header: X-Sign"));
    assertThat(directory.read().recipients().getFirst().authentication().hmac())
        .hasValueSatisfying(hmac -> {
          assertThat(hmac.prefix()).isEqualTo("sha512=");
          assertThat(hmac.algorithm()).isEqualTo(Algorithm.sha512);
        });
  }

  @Test
  void ed25519KeysArrive() throws SettingsException {
    String key = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .env("KEY", key)
            .shop(
                URL
                    + "authentication: {ed25519: {private-key: '${env:KEY}', previous: {private-key:"
                    + " '${env:KEY}', until: 2026-12-01T00:00:00Z}}}\n");
    Settings before = directory.read();
    assertThat(before.recipients().getFirst().authentication().ed25519())
        .hasValueSatisfying(keys -> {
          assertThat(keys.privateKey()).isEqualTo(new Secret(key));
          assertThat(keys.previous()).isPresent();
        });
    assertThat(before.toString() + before.recipients().getFirst().authentication())
        .doesNotContain(key);
    directory.shop(URL + "authentication: {ed25519: {private-key: '${env:KEY}'}}\n");
    assertThat(SettingsDiff.between(before, directory.read()).lines())
        .containsExactly("recipient shop: authentication.ed25519 changed");
  }

  @TestFactory
  Stream<DynamicTest> ed25519() {
    return Stream.of(
        shop(
            "a secret of HMAC's",
            URL + "authentication: {ed25519: {private-key: " + SettingsDirectory.SECRET + "}}\n",
            ":2:41: authentication.ed25519.private-key must begin with whsk_. docs/receiving.md,"
                + " \"v1a\", says how to make one."),
        shop(
            "one header for two",
            URL
                + "authentication: {hmac: {secret: s, style: hex, header: webhook-signature},"
                + " ed25519: {private-key: whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=}}\n",
            ":2:85: authentication.ed25519 is sent in the header Webhook-Signature, which"
                + " authentication.hmac.header names too. Choose another header there."));
  }

  @TestFactory
  Stream<DynamicTest> signatures() {
    String standard = URL + "authentication: {hmac: {secret: " + SettingsDirectory.SECRET + ", ";
    return Stream.of(
        shop(
            "algorithm of standard",
            standard + "algorithm: sha512}}\n",
            ":2:88: authentication.hmac.algorithm cannot be chosen in style standard, which has"
                + " sha256. Take it out, or write another style."),
        shop(
            "prefix of standard",
            standard + "prefix: v2}}\n",
            ":2:85: authentication.hmac.prefix is for the styles hex and base64 only. Take it out,"
                + " or write one of these."),
        shop(
            "sha512 under a name that says 256",
            hmac("base64, algorithm: sha512"),
            ":2:62: authentication.hmac.algorithm: sha512 needs a header, since the name"
                + " X-Webhook-Hmac-Sha256 says SHA-256. Add header with the name that the recipient"
                + " looks for."),
        shop(
            "prefix with a line end",
            hmac("hex, prefix: \"a\\n\""),
            ":2:56: authentication.hmac.prefix must be at most 64 printable ASCII characters,"
                + " without a space at the beginning, got: a\uFFFD. Write for example sha512=, or ''"
                + " for the signature alone."));
  }

  private static String hmac(String style) {
    return URL + "authentication: {hmac: {secret: s, style: " + style + "}}\n";
  }

  @TestFactory
  Stream<DynamicTest> headers() {
    String taken = " must not be a header that Rowhook or HTTP sets itself. Take it out.";
    return Stream.of(
        shop(
            "none",
            URL + "headers: {}\n",
            ":2:10: headers must have 1 to 50 names. Write for example headers: {Accept:"
                + " application/json}, or take it out."),
        shop(
            "HTTP's",
            URL + "headers: {Content-Length: 5}\n",
            ":2:11: headers.Content-Length" + taken),
        shop("Rowhook's", URL + "headers: {rowhook-x: 5}\n", ":2:11: headers.rowhook-x" + taken),
        shop(
            "the standard's",
            URL + "headers: {webhook-signature: 5}\n",
            ":2:11: headers.webhook-signature" + taken),
        shop(
            "the signature's",
            URL
                + "authentication: {hmac: {secret: s, style: hex, header: X-Sign}}\n"
                + "headers: {x-sign-previous: 5}\n",
            ":3:11: headers.x-sign-previous" + taken),
        shop(
            "authorization beside basic",
            URL
                + "authentication: {basic: {username: a, password: b}}\n"
                + "headers: {Authorization: x}\n",
            ":3:11: headers.Authorization must not stand beside what authentication sends in the"
                + " same header. Take one of them out."),
        shop(
            "twice",
            URL + "headers: {X-A: 1, x-a: 2}\n",
            ":2:19: headers.x-a stands here twice; capitals make no difference. Take one out."),
        shop(
            "no name",
            URL + "headers: {X Key: hidden}\n",
            ":2:11: headers has a name that is no HTTP field name: letters, digits and hyphens."
                + " Write for example X-API-Key."),
        shop(
            "glued",
            URL + "headers: {X-Key:hidden}\n",
            ":2:11: headers has a name that is no HTTP field name: letters, digits and hyphens."
                + " Write a space after the colon."),
        shop(
            "a second header in the value",
            URL + "headers: {X-Key: \"hidden\\r\\nX-Other: 1\"}\n",
            ":2:18: headers.X-Key must be printable ASCII characters, with no spaces at either end."
                + " Write what is not ASCII as the recipient"
                + " expects it, for example"
                + " percent-encoded; a file may have one line end at its end."),
        shop(
            "long value",
            URL + "headers: {X-Key: " + "x".repeat(8001) + "}\n",
            ":2:18: headers.X-Key must have at most 8000 characters, and it has 8001. Shorten it."));
  }

  private DynamicTest shop(String name, String text, String problem) {
    return SettingsDirectory.bad(temp, name, d -> d.shop(text), FILE + problem);
  }
}
