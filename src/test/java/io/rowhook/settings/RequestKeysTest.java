package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.EventType;
import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a recipient's file says about its requests. */
class RequestKeysTest {

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

  @Test
  void sizeAndIntegersOfBodiesArrive() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp).shop(URL + "max-body: 256KB\nintegers: text\n");
    Settings before = directory.read();
    assertThat(before.recipients().getFirst().request())
        .isEqualTo(
            new RequestOptions(
                Map.of(),
                RequestLine.OPEN,
                Optional.of(new BodyLimit(256 << 10, Then.failed)),
                Integers.text));
    directory.shop(URL + "max-body: {bytes: 1KB, then: notify}\n");
    Settings after = directory.read();
    assertThat(after.recipients().getFirst().request().maxBody())
        .contains(new BodyLimit(1024, Then.notify));
    assertThat(SettingsDiff.between(before, after).lines())
        .containsExactly("recipient shop: max-body, integers changed");
  }

  @Test
  void methodAndPathArrive() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp).shop(URL + "method: PUT\npath: '/a/{data.x}'\n");
    Settings before = directory.read();
    RequestLine line = before.recipients().getFirst().request().line();
    assertThat(line.methods())
        .hasSize(3)
        .containsValue(Method.PUT)
        .doesNotContainValue(Method.POST);
    assertThat(line.path()).contains(PathTemplate.parse("/a/{data.x}"));
    directory.shop(
        URL
            + "method: {Deleted: DELETE}\n"
            + "subscriptions: [{entity: Article, method: {Created: PATCH}, path: /b/}]\n");
    Settings after = directory.read();
    assertThat(after.recipients().getFirst().request().line())
        .isEqualTo(new RequestLine(Map.of(EventType.Deleted, Method.DELETE), Optional.empty()));
    assertThat(after.recipients().getFirst().subscriptions().getFirst().line())
        .isEqualTo(
            new RequestLine(
                Map.of(EventType.Created, Method.PATCH), Optional.of(PathTemplate.parse("/b/"))));
    assertThat(SettingsDiff.between(before, after).lines())
        .containsExactly("recipient shop: method, path, subscriptions changed");
  }

  @TestFactory
  Stream<DynamicTest> methodsAndPaths() {
    String example = " Write for example /articles/{data.sku}.";
    String literal =
        "path must have only characters that RFC 3986 allows in a path, and no '?', '#', %2E, %2F"
            + " or %5C, got: ";
    String segment =
        "path must not have a segment that is empty, '.' or '..'; a slash may stand at its end, got: ";
    return Stream.of(
        shop(
            "another method",
            URL + "method: put\n",
            ":2:9: method must be one of POST, PUT, PATCH, DELETE, got: put. Did you mean PUT?"),
        shop(
            "an event that there is not",
            URL + "method: {Removed: DELETE}\n",
            ":2:10: method.Removed is not a key that Rowhook knows. Known here: Created, Updated,"
                + " Deleted."),
        shop(
            "no method",
            URL + "method: {}\n",
            ":2:9: method names no event. Write for example method: {Created: POST, Updated: PUT,"
                + " Deleted: DELETE}, or take it out."),
        shop(
            "no slash", URL + "path: a\n", ":2:7: path must begin with a slash, got: a." + example),
        shop("a query", URL + "path: /a?b\n", ":2:7: " + literal + "/a?b." + example),
        shop("an encoded dot", URL + "path: /%2e\n", ":2:7: " + literal + "/%2e." + example),
        shop("a brace", URL + "path: '/a{b'\n", ":2:7: " + literal + "/a{b." + example),
        shop("two dots", URL + "path: /a/../b\n", ":2:7: " + segment + "/a/../b." + example),
        shop("two slashes", URL + "path: //evil\n", ":2:7: " + segment + "//evil." + example),
        shop(
            "an empty placeholder",
            URL + "path: '/{}'\n",
            ":2:7: path must have names with full stops between them in its placeholders, as in"
                + " {data.sku}, got: /{}."
                + example),
        shop(
            "another key of the event",
            URL + "path: '/{date.x}'\n",
            ":2:7: path must have placeholders that begin with a key of the event, got: /{date.x}."
                + " Did you mean data?"));
  }

  @TestFactory
  Stream<DynamicTest> bodies() {
    return Stream.of(
        shop(
            "too small",
            URL + "max-body: 1023B\n",
            ":2:11: max-body must be at least 1KB, got: 1023B. Write for example 256KB."),
        shop(
            "without a size",
            URL + "max-body: {then: notify}\n",
            ":2:11: bytes is missing in max-body. Add it."),
        shop(
            "another end",
            URL + "max-body: {bytes: 1KB, then: notfy}\n",
            ":2:30: max-body.then must be one of failed, notify, got: notfy. Did you mean notify?"),
        shop(
            "integers of XML",
            URL + "format: xml\nintegers: text\n",
            ":3:11: integers is for format: json only; in XML every number is text. Take it out."));
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
                + " Look for a line end at its end, and write what is not ASCII as the recipient"
                + " expects it."),
        shop(
            "long value",
            URL + "headers: {X-Key: " + "x".repeat(8001) + "}\n",
            ":2:18: headers.X-Key must have at most 8000 characters, and it has 8001. Shorten it."));
  }

  private DynamicTest shop(String name, String text, String problem) {
    return SettingsDirectory.bad(temp, name, d -> d.shop(text), FILE + problem);
  }
}
