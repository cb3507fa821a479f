package io.rowhook.settings.recipients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.ConnectionOptions;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.OAuth2;
import io.rowhook.recipient.Rate;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDiff;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the settings say about the way to a recipient. */
class ConnectionParserTest {

  private static final String FILE = "config/recipients/shop.yaml";
  private static final String URL = "url: https://a.example\n";

  @TempDir Path temp;

  @Test
  void aRecipientsProxyStandsBeforeTheOneOfAll() throws SettingsException {
    HttpProxy ofAll = new HttpProxy("proxy.example.com", 3128, Optional.empty());
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .env("PASSWORD", "c%40n+ry")
            .shop(URL)
            .write("config/rowhook.yaml", "proxy: http://proxy.example.com:3128\n");
    Settings inherited = directory.read();
    assertThat(connection(inherited).proxy()).contains(ofAll);
    directory.shop(URL + "proxy: none\n");
    Settings none = directory.read();
    assertThat(connection(none)).isEqualTo(ConnectionOptions.DEFAULT);
    assertThat(none.proxy()).contains(ofAll);
    directory.shop(URL + "proxy: 'http://erp:${env:PASSWORD}@[::1]:8080/'\nrate: 100/m\n");
    Settings own = directory.read();
    assertThat(connection(own))
        .isEqualTo(
            new ConnectionOptions(
                Optional.of(
                    new HttpProxy(
                        "::1", 8080, Optional.of(new Basic("erp", new Secret("c@n+ry"))))),
                Optional.of(new Rate(100, Duration.ofMinutes(1)))));
    assertThat(own.toString() + connection(own)).doesNotContain("n+ry");
    assertThat(SettingsDiff.between(none, own).lines())
        .containsExactly("recipient shop: proxy, rate changed");
    directory.shop(URL).write("config/rowhook.yaml", "");
    assertThat(SettingsDiff.between(inherited, directory.read()).lines())
        .containsExactly("recipient shop: proxy changed", "proxy changed");
  }

  private static ConnectionOptions connection(Settings settings) {
    return settings.recipients().getFirst().connection();
  }

  @TestFactory
  Stream<DynamicTest> proxy() {
    String example = " Write for example http://proxy.example.com:3128.";
    String pair =
        ":2:8: proxy must have both a user, without a colon, and a password before the @, and no"
            + " control characters. Write http://user:password@host:port, each character that is"
            + " no letter or digit percent-encoded, or take both out.";
    return Stream.of(
        shop(
            "TLS to the proxy",
            URL + "proxy: https://erp:hidden@proxy.example.com:3128\n",
            ":2:8: proxy must begin with http://, got: https://...@proxy.example.com:3128."
                + example),
        shop(
            "without a scheme",
            URL + "proxy: proxy.example.com:3128\n",
            ":2:8: proxy must begin with http://, got: proxy.example.com:3128." + example),
        shop(
            "without a port",
            URL + "proxy: http://erp:hidden@proxy.example.com\n",
            ":2:8: proxy must have a host and a port from 1 to 65535, got:"
                + " http://...@proxy.example.com."
                + example),
        shop(
            "with a path",
            URL + "proxy: http://proxy.example.com:3128/hidden\n",
            ":2:8: proxy must end after the port, got: http://proxy.example.com:3128/...."
                + example),
        shop(
            "no URL",
            URL + "proxy: 'http://erp:hid den@proxy.example.com:3128'\n",
            ":2:8: proxy must be a URL. Write for example http://proxy.example.com:3128;"
                + " percent-encode what stands in user and password and is no letter or digit."),
        shop("a user alone", URL + "proxy: http://hidden@proxy.example.com:3128\n", pair),
        shop("a line end", URL + "proxy: http://a:hidden%0A@proxy.example.com:3128\n", pair));
  }

  @TestFactory
  Stream<DynamicTest> rate() {
    String rule = " must be a number from 1 to 1000000 and a time, s, m or h, got: ";
    String advice = ". Write for example 10/s, 100/m or 5000/h.";
    return Stream.of("0/s", "10", "10/d", "10 / s", "1.5/s", "1000001/s", "-1/s")
        .map(value ->
            shop(value, URL + "rate: " + value + "\n", ":2:7: rate" + rule + value + advice));
  }

  @Test
  void aTokenServerArrives() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .env("SECRET", "canary1")
            .shop(
                URL
                    + "authentication: {oauth2: {token-url: 'https://login.example/t', client-id: erp,"
                    + " client-secret: '${env:SECRET}', scope: a b, in: body}}\n");
    Settings before = directory.read();
    assertThat(before.recipients().getFirst().authentication().oauth2())
        .contains(
            new OAuth2(
                java.net.URI.create("https://login.example/t"),
                "erp",
                new Secret("canary1"),
                OAuth2.In.body,
                Optional.of("a b"),
                Optional.empty()));
    assertThat(before.recipients().getFirst().authentication().toString())
        .doesNotContain("canary1");
    directory.env("SECRET", "canary2");
    assertThat(SettingsDiff.between(before, directory.read()).lines())
        .containsExactly("recipient shop: authentication.oauth2 changed");
  }

  @TestFactory
  Stream<DynamicTest> tokenServer() {
    return Stream.of(
        shop(
            "without TLS",
            URL
                + "authentication: {oauth2: {token-url: 'http://login.example/t', client-id: erp,"
                + " client-secret: hidden}}\n",
            ":2:38: authentication.oauth2.token-url must begin with https://, since http:// sends"
                + " everything unencrypted, got: http://login.example/.... Use https://, or add"
                + " allow: {http: true}."),
        shop(
            "beside bearer",
            URL
                + "authentication: {bearer: x, oauth2: {token-url: 'https://login.example/t',"
                + " client-id: erp, client-secret: hidden}}\n",
            ":2:37: authentication.oauth2 cannot stand beside basic or bearer: all are sent in the"
                + " header Authorization. Take one of them out."));
  }

  private DynamicTest shop(String name, String text, String problem) {
    return SettingsDirectory.bad(temp, name, d -> d.shop(text), FILE + problem);
  }
}
