package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.EventType;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a recipient's file says about method, path and body of its requests. */
class RequestOptionsFileTest {

  private static final String FILE = "config/recipients/shop.yaml";
  private static final String URL = "url: https://a.example\n";

  @TempDir Path temp;

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
                Integers.text,
                Optional.empty()));
    directory.shop(URL + "max-body: {bytes: 1KB, then: notify}\n");
    Settings after = directory.read();
    assertThat(after.recipients().getFirst().request().maxBody())
        .contains(new BodyLimit(1024, Then.notify));
    assertThat(SettingsDiff.between(before, after).lines())
        .containsExactly("recipient shop: max-body, integers changed");
  }

  @Test
  void batchesArrive() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp).shop(URL + "batch: {max: 20, wait: 0s}\n");
    Settings before = directory.read();
    assertThat(before.recipients().getFirst().request().batch())
        .contains(new BatchConfig(20, Duration.ZERO));
    directory.shop(URL + "batch: {}\n");
    Settings after = directory.read();
    assertThat(after.recipients().getFirst().request().batch())
        .contains(new BatchConfig(100, Duration.ofSeconds(1)));
    assertThat(SettingsDiff.between(before, after).lines())
        .containsExactly("recipient shop: batch changed");
  }

  @TestFactory
  Stream<DynamicTest> batches() {
    String path =
        "batch must not stand beside path, by which each event has a URL of its own. Take one of"
            + " them out.";
    return Stream.of(
        shop(
            "no batch",
            URL + "batch: {max: 1}\n",
            ":2:14: batch.max must be a whole number from 2 to 100, got: 1. Write for example 2."),
        shop(
            "too long",
            URL + "batch: {wait: 6m}\n",
            ":2:15: batch.wait must be from 0ms to 5m, got: 6m. Write a duration in between."),
        shop(
            "of XML",
            URL + "format: xml\nbatch: {max: 10}\n",
            ":3:8: batch is for format: json only. Take it out, or format: xml."),
        shop("with a path", URL + "path: /a\nbatch: {max: 10}\n", ":3:8: " + path),
        shop(
            "with a subscription's path",
            URL + "batch: {max: 10}\nsubscriptions: [{entity: Article, path: /a}]\n",
            ":2:8: " + path));
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

  @Test
  void methodAndPathArrive() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp).shop(URL + "method: PUT\npath: '/a/{data.x}'\n");
    Settings before = directory.read();
    RequestLine line = before.recipients().getFirst().request().line();
    assertThat(line.methods())
        .hasSize(EventType.values().length)
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
                + " Deleted, Snapshot."),
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

  private DynamicTest shop(String name, String text, String problem) {
    return SettingsDirectory.bad(temp, name, d -> d.shop(text), FILE + problem);
  }
}
