package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every bad recipient is refused with the whole sentence that is written here. */
class BadRecipientTest {

  private static final String FILE = "config/recipients/shop.yaml";
  private static final String URL = "url: https://a.example\n";
  private static final String MAKE = " Make one with: echo \"whsec_$(openssl rand -base64 32)\"";

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> url() {
    String example = " Write for example https://shop.example.com/hook.";
    return Stream.of(
        shop("missing", "timeout: 5s\n", ":1:1: url is missing. Add it."),
        shop(
            "relative",
            "url: shop.example.com/hook\n",
            ":1:6: url must begin with https://, got: shop.example.com/...." + example),
        shop(
            "another scheme",
            "url: ftp://shop.example.com\n",
            ":1:6: url must begin with https://, got: ftp://shop.example.com." + example),
        shop(
            "no host",
            "url: https:///hook\n",
            ":1:6: url must have a host of letters, digits, dots and hyphens, got: https:///...."
                + example),
        shop(
            "a character that must be encoded",
            "url: https://shop.example.com/{id}\n",
            ":1:6: url must be a URL; the character at position 26 breaks the rules of RFC 2396,"
                + " got: https://shop.example.com/.... Percent-encode it."),
        shop(
            "bad host",
            "url: https://my_shop/hook\n",
            ":1:6: url must have a host of letters, digits, dots and hyphens, got:"
                + " https://my_shop/...."
                + example),
        shop(
            "user and password",
            "url: https://erp:geheim@shop.example.com/hook\n",
            ":1:6: url must not hold a user or password, got: https://...@shop.example.com/...."
                + " Put them under authentication: {basic: {username: ..., password: ...}}."),
        shop(
            "an at sign and a token in the query",
            "url: http://shop.example.com/hook?email=a@b.com&token=geheim\n",
            ":1:6: url must begin with https://, since http:// sends everything unencrypted, got:"
                + " http://.... Use https://, or add allow: {http: true}."),
        shop(
            "a slash in the password",
            "url: https://erp:ge/heim@shop.example.com/hook\n",
            ":1:6: url must have a host of letters, digits, dots and hyphens, got: https://...."
                + example),
        shop(
            "fragment",
            "url: 'https://shop.example.com/hook#top'\n",
            ":1:6: url must not have a fragment (#...), which HTTP does not send, got:"
                + " https://shop.example.com/.... Take it out, or write %23."),
        shop(
            "port",
            "url: https://shop.example.com:99999\n",
            ":1:6: url must have a port from 1 to 65535, got: https://shop.example.com:99999."
                + " Correct the port."),
        shop(
            "space",
            "url: https://shop.example.com/my hook\n",
            ":1:6: url must have only printable ASCII characters and no spaces, got:"
                + " https://shop.example.com/.... Percent-encode the others, and write the host in"
                + " Punycode."),
        shop(
            "http",
            "url: http://shop.example.com/hook\n",
            ":1:6: url must begin with https://, since http:// sends everything unencrypted, got:"
                + " http://shop.example.com/.... Use https://, or add allow: {http: true}."),
        bad(
            "what came from the environment is not shown",
            d -> d.env("SHOP_URL", "shop").shop("url: ${env:SHOP_URL}\n"),
            FILE + ":1:6: url must begin with https://, got: ${env:SHOP_URL}." + example));
  }

  @TestFactory
  Stream<DynamicTest> authentication() {
    String hmac = URL + "authentication:\n  hmac:\n";
    String good = hmac + "    secret: " + SettingsDirectory.SECRET + "\n";
    String basic = URL + "authentication:\n  basic:\n";
    return Stream.of(
        shop(
            "neither",
            URL + "authentication: {}\n",
            ":2:17: authentication is empty. Add hmac, ed25519, basic, bearer or oauth2, or take authentication out."),
        shop(
            "no secret",
            hmac + "    style: standard\n",
            ":4:5: secret is missing in authentication.hmac. Add it."),
        shop(
            "secret without prefix",
            hmac + "    secret: hidden\n",
            ":4:13: authentication.hmac.secret must begin with whsec_ in style standard." + MAKE),
        shop(
            "secret not base64",
            hmac + "    secret: whsec_hidden!\n",
            ":4:13: authentication.hmac.secret must be base64 after whsec_." + MAKE),
        shop(
            "secret too short",
            hmac + "    secret: whsec_c2hvcnQ=\n",
            ":4:13: authentication.hmac.secret must be the base64 of 24 to 64 bytes, and it is of"
                + " 5."
                + MAKE),
        shop(
            "empty secret of another style",
            hmac + "    secret: ''\n    style: hex\n",
            ":4:13: authentication.hmac.secret is empty. Give it the secret agreed with the"
                + " recipient."),
        shop(
            "unknown style",
            good + "    style: standart\n",
            ":5:12: authentication.hmac.style must be one of standard, hex, base64, timestamped,"
                + " got: standart. Did you mean standard?"),
        shop(
            "header of standard",
            good + "    header: X-Mine\n",
            ":5:13: authentication.hmac.header cannot be chosen in style standard, which has"
                + " Webhook-Signature. Take it out, or write another style."),
        shop(
            "bad header",
            hmac + "    {secret: s, style: hex, header: 'X Mine'}\n",
            ":4:37: authentication.hmac.header must be an HTTP field name: letters, digits and"
                + " hyphens, got: X Mine. Write for example X-Hub-Signature-256."),
        shop(
            "header of Rowhook's own",
            hmac + "    {secret: s, style: hex, header: Webhook-Id}\n",
            ":4:37: authentication.hmac.header must not be a header that Rowhook sets itself, got:"
                + " Webhook-Id. Use another name."),
        shop(
            "previous without end",
            good + "    previous: {secret: " + SettingsDirectory.SECRET + "}\n",
            ":5:15: until is missing in authentication.hmac.previous. Add it."),
        shop(
            "end without offset",
            good + "    previous: {until: 2026-12-01, secret: " + SettingsDirectory.SECRET + "}\n",
            ":5:23: authentication.hmac.previous.until must be a time with its offset, got:"
                + " 2026-12-01. Write for example 2026-12-01T00:00:00Z."),
        shop(
            "colon in the user name",
            basic + "    {username: 'erp:1', password: hidden}\n",
            ":4:16: authentication.basic.username must be a user name without a colon or control"
                + " characters (RFC 7617). Use another name."),
        shop(
            "line end in the password",
            basic + "    {username: erp, password: \"hidden\\n\"}\n",
            ":4:31: authentication.basic.password must not have control characters (RFC 7617)."
                + " Look for a line end or tab at its beginning or end."));
  }

  @TestFactory
  Stream<DynamicTest> speed() {
    return Stream.of(
        shop(
            "processing",
            URL + "processing: sequentiel\n",
            ":2:13: processing must be one of sequential, parallel, got: sequentiel. Did you mean"
                + " sequential?"),
        shop(
            "jobs of sequential",
            URL + "processing: sequential\njobs: 2\n",
            ":3:7: jobs is for processing: parallel only; sequential has always one. Take it out,"
                + " or write processing: parallel."),
        shop(
            "references of sequential",
            URL + "processing: sequential\norder: references\n",
            ":3:8: order: references is for processing: parallel only; sequential sends everything"
                + " in commit order anyway. Take it out, or write processing: parallel."),
        shop(
            "order",
            URL + "order: reference\n",
            ":2:8: order must be one of entity, references, got: reference. Did you mean"
                + " references?"),
        shop(
            "too many jobs",
            URL + "jobs: 1001\n",
            ":2:7: jobs must be a whole number from 1 to 1000, got: 1001. Write for example 1."),
        shop(
            "timeout",
            URL + "timeout: 1h\n",
            ":2:10: timeout must be from 100ms to 5m, got: 1h. Write a duration in between."),
        shop(
            "unknown schedule",
            URL + "retry: actino\n",
            ":2:8: retry must be actindo, or a mapping with delays, from and jitter, got: actino."
                + " Write for example retry: {delays: [5s, 5m, 30m]}."),
        shop(
            "delay",
            URL + "retry: {delays: [5s, 5 minutes]}\n",
            ":2:22: retry.delays[1] must be a duration: a whole number and a unit, got: 5 minutes."
                + " Write for example 500ms, 5s, 10m, 1h or 10d."),
        shop(
            "delays from the first that do not grow",
            URL + "retry: {delays: [1m, 30s], from: first}\n",
            ":2:17: retry.delays must grow, since they all count from the first attempt, got: 30s"
                + " after 1m. Put them in order, or write from: previous."),
        shop(
            "unknown pause",
            URL + "pause: zena\n",
            ":2:8: pause must be xena, or a mapping with failures, within and probe, got: zena."
                + " Write for example pause: {failures: 10, within: 10m, probe: [5s, 1m, 1h]}."),
        shop(
            "probes that come sooner and sooner",
            URL + "pause: {probe: [1m, 30s]}\n",
            ":2:16: pause.probe must not shrink, since the last wait is repeated, got: 30s after"
                + " 1m. Put them in order."),
        shop(
            "no probe",
            URL + "pause: {probe: []}\n",
            ":2:16: pause.probe must be from 1 to 100 waits, got: 0. Write for example [5s, 1m,"
                + " 1h]."),
        shop(
            "jitter",
            URL + "retry: {jitter: 20}\n",
            ":2:17: retry.jitter must be a number from 0 to 1, got: 20. Write for example 0.2 for"
                + " 20 %."),
        shop(
            "flag",
            URL + "allow: {http: yes}\n",
            ":2:15: allow.http must be true or false, got: yes. Write one of the two."),
        shop(
            "network without prefix",
            URL + "allow: {networks: [10.1.0.0]}\n",
            ":2:20: allow.networks[0] must be an address and a prefix length, got: 10.1.0.0. Write"
                + " for example 10.1.0.0/16, or 10.1.2.3/32 for one address."),
        shop(
            "network with more bits",
            URL + "allow: {networks: [10.1.2.3/16]}\n",
            ":2:20: allow.networks[0] must have only zero bits after its prefix length, got:"
                + " 10.1.2.3/16. Write for example 10.1.0.0/16, or 10.1.2.3/32 for one address."));
  }

  @TestFactory
  Stream<DynamicTest> files() {
    String directory = "config/recipients/";
    return Stream.of(
        bad(
            "two of one name",
            d -> d.write(directory + "shop.yml", URL),
            directory
                + "shop.yml: there are two recipients named shop, the other in"
                + " config/recipients/shop.yaml. Rename or remove one."),
        bad(
            "bad name",
            d -> d.write(directory + "My Shop.yaml", URL),
            directory
                + "My Shop.yaml: a recipient's name must be small letters, digits, hyphens and"
                + " underscores, and not lib, got: My Shop. Rename the file."),
        bad(
            "another file",
            d -> d.write(directory + "shop.json", "{}"),
            directory
                + "shop.json: only <name>.yaml files belong here, one for each recipient. Move it"
                + " away, or put a full stop before its name to have it ignored."));
  }

  @Test
  void twoNamesThatDifferInCaseAreOneName() {
    SettingsDirectory directory =
        new SettingsDirectory(temp).write("config/recipients/sHop.yaml", URL);
    assertThat(directory.problems())
        .containsExactly(
            "config/recipients/sHop.yaml: a recipient's name must be small letters, digits, hyphens"
                + " and underscores, and not lib, got: sHop. Rename the file.",
            "config/recipients/shop.yaml: there are two recipients named shop, the other in"
                + " config/recipients/sHop.yaml. Rename or remove one.");
  }

  private DynamicTest shop(String name, String text, String problem) {
    return bad(name, d -> d.shop(text), FILE + problem);
  }

  private DynamicTest bad(String name, Consumer<SettingsDirectory> breakIt, String problem) {
    return SettingsDirectory.bad(temp, name, breakIt, problem);
  }
}
