package io.rowhook.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that are no YAML, or not the YAML that settings are, are refused with the whole sentence
 * here.
 */
class BadYamlTest {

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> yaml() {
    String file = "config/recipients/shop.yaml";
    String quote = " Put quotes around a value with special characters: \"...\".";
    return Stream.of(
        bad(
            "empty",
            d -> d.shop(""),
            file + ": the file is empty. Write its settings, or take it away."),
        bad(
            "comments only",
            d -> d.shop("# later\n"),
            file + ": the file is empty. Write its settings, or take it away."),
        bad(
            "a list",
            d -> d.shop("- url\n"),
            file
                + ":1:1: the file must be a mapping, got: a list. Write keys with values under it,"
                + " each \"key: value\"."),
        bad(
            "tab",
            d -> d.shop("url: https://a.example\nallow:\n\thttp: true\n"),
            file + ":3:1: a tab stands where only spaces may. Indent with spaces."),
        bad(
            "key twice",
            d -> d.shop("url: https://a.example\ntimeout: 5s\nurl: https://b.example\n"),
            file + ":3:1: url is given twice, first in line 1. Keep one of them."),
        bad(
            "two documents",
            d -> d.shop("url: https://a.example\n---\nurl: https://b.example\n"),
            file + ":3:1: a second document begins here. Keep one, without --- lines."),
        bad(
            "anchors",
            d -> d.shop("url: https://a.example\nretry: &r {jitter: 0}\nallow: *r\n"),
            file
                + ": an anchor or alias (& or *) is used; settings have none. Write the value out."),
        bad(
            "an alias that is a badly quoted password",
            d ->
                d.shop(
                    "url: https://a.example\nauthentication: {basic: {username: a, password: *hidden}}\n"),
            file
                + ":2:49: a value begins with * or &, which is an alias or anchor in YAML."
                + quote),
        bad(
            "a tag that is a badly quoted password",
            d ->
                d.shop(
                    "url: https://a.example\nauthentication: {basic: {username: a, password: !hidden}}\n"),
            file + ":2:56: a value begins with !, which is a tag in YAML." + quote),
        bad(
            "a tag",
            d -> d.shop("url: !secret https://a.example\n"),
            file + ":1:6: a tag (!) is used; settings have none." + quote),
        bad(
            "reference without quotes in braces",
            d -> d.shop("url: https://a.example\nallow: {http: ${env:HTTP}}\n"),
            file
                + ":2:16: this is not YAML: inside { } and [ ] a reference needs quotes."
                + " Write \"${env:NAME}\" with them."),
        bad(
            "colon",
            d -> d.shop("url: https://a.example: 8080\n"),
            file
                + ":1:23: this is not YAML: a colon stands where no key can be. Check the"
                + " indentation."
                + quote),
        bad(
            "open bracket",
            d -> d.shop("url: https://a.example\nsubscriptions: [\n"),
            file
                + ":3:1: this is not YAML. Check the indentation and brackets here and in the line"
                + " above."
                + quote),
        bad(
            "control character",
            d -> d.shop("url: https://a.example\ntimeout: 5\u0007s\n"),
            file + ":2:1: the line has a character that YAML does not allow. Take it out."),
        bad(
            "deep",
            d -> d.shop("url: " + "[".repeat(40) + "]".repeat(40) + "\n"),
            file
                + ":1:37: lists and mappings stand more than 32 deep in each other. Settings do"
                + " not."),
        bad(
            "too deep for any parser",
            d -> d.shop("url: " + "[".repeat(200_000)),
            file + ": lists and mappings stand more than 32 deep in each other. Settings do not."),
        bad(
            "an escape that is no character",
            d -> d.shop("url: \"https://a.example/\\UFFFFFFFF\"\n"),
            file
                + ": a text in double quotes has a \\U that is no character; the last is"
                + " \\U0010FFFF. Correct it."),
        bad(
            "not UTF-8",
            d ->
                writeBytes(
                    d.root.resolve(file),
                    "url: https://a.example/ü".getBytes(StandardCharsets.ISO_8859_1)),
            file + ": the file is not UTF-8. Save it as UTF-8."),
        bad(
            "too large",
            d -> d.shop("#".repeat(1024 * 1024 + 1)),
            file + ": the file is larger than 1 MB. Settings are not that long."),
        bad(
            "misspelt key",
            d -> d.shop("url: https://a.example\ntimeuot: 5s\n"),
            file + ":2:1: timeuot is not a key that Rowhook knows. Did you mean timeout?"),
        bad(
            "unknown key",
            d -> d.shop("url: https://a.example\nallow:\n  everything: true\n"),
            file
                + ":3:3: allow.everything is not a key that Rowhook knows. Known here: http,"
                + " networks."),
        bad(
            "no space after the colon",
            d -> d.shop("url: https://a.example\nallow: {http:hidden}\n"),
            file
                + ":2:9: a key that Rowhook does not know stands here without a value. Write a"
                + " space after the colon. Known here: http, networks."),
        bad(
            "format that there is not",
            d -> d.shop("url: https://a.example\nformat: yaml\n"),
            file + ":2:9: format must be one of json, xml, got: yaml. Write one of these."),
        bad(
            "no value",
            d -> d.shop("url:\n"),
            file + ":1:5: url has no value. Give it one, or take it out."),
        bad(
            "text for a mapping",
            d -> d.shop("url: https://a.example\nauthentication: hidden\n"),
            file
                + ":2:17: authentication must be a mapping, got: a single value. Write keys with"
                + " values under it, each \"key: value\"."),
        bad(
            "mapping for a text",
            d -> d.shop("url: {host: a}\n"),
            file
                + ":1:6: url must be a single value, got: a mapping. Write one value after the"
                + " colon."));
  }

  private DynamicTest bad(String name, Consumer<SettingsDirectory> breakIt, String problem) {
    return SettingsDirectory.bad(temp, name, breakIt, problem);
  }

  private static void writeBytes(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
