package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.testing.Docs;
import io.rowhook.testing.Docs.Block;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verifiers that {@code docs/receiving.md} shows take the known answers, and nothing else: each
 * language whose interpreter is on this machine's path, Java always.
 */
class DocumentedVerifiersTest {

  private static final long NOW_AFTER = 200;

  @TempDir Path directory;

  /**
   * How a language's function is called.
   *
   * @param file what the page's block is written to
   * @param main a program beside it, whose arguments are secret, id, timestamp, signatures, the
   *     body's file, and the time; it prints true or false
   */
  private record Language(
      String info, String file, String mainFile, String main, List<String> command) {}

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private static final List<Language> LANGUAGES =
      List.of(
          new Language(
              "python verify",
              "verifier.py",
              "main.py",
              """
              import sys
              from verifier import verify
              a = sys.argv[1:]
              print(str(verify(*a[:4], open(a[4], "rb").read(), int(a[5]))).lower())
              """,
              List.of("python3", "main.py")),
          new Language(
              "python others",
              "others.py",
              "main.py",
              """
              import sys
              from others import verify
              a = sys.argv[1:]
              print(str(verify(a[1], a[0], a[3], open(a[4], "rb").read(), int(a[5]))).lower())
              """,
              List.of("python3", "main.py")),
          new Language(
              "javascript verify",
              "verifier.js",
              "main.js",
              """
              const fs = require("node:fs");
              const a = process.argv.slice(2);
              const verify = new Function("require", fs.readFileSync("verifier.js", "utf8") + ";return verify")(require);
              console.log(verify(a[0], a[1], a[2], a[3], fs.readFileSync(a[4]), Number(a[5])));
              """,
              List.of("node", "main.js")),
          new Language(
              "java verify",
              "Verify.java",
              "Main.java",
              """
              class Main {
                public static void main(String[] a) throws Exception {
                  byte[] body = java.nio.file.Files.readAllBytes(java.nio.file.Path.of(a[4]));
                  System.out.println(Verify.verify(a[0], a[1], a[2], a[3], body, Long.parseLong(a[5])));
                }
              }
              """,
              List.of(JAVA, "-XX:TieredStopAtLevel=1", "-cp", ".", "Main")),
          new Language(
              "go verify",
              "verify.go",
              "main.go",
              """
              package main

              import (
              	"fmt"
              	"os"
              	"strconv"
              )

              func main() {
              	a := os.Args[1:]
              	body, _ := os.ReadFile(a[4])
              	now, _ := strconv.ParseInt(a[5], 10, 64)
              	fmt.Println(verify(a[0], a[1], a[2], a[3], body, now))
              }
              """,
              List.of("go", "run", "main.go", "verify.go")),
          new Language(
              "php verify",
              "verify.php",
              "main.php",
              """
              <?php
              require "verify.php";
              $a = array_slice($argv, 1);
              echo verify($a[0], $a[1], $a[2], $a[3], file_get_contents($a[4]), (int) $a[5]) ? "true" : "false";
              """,
              List.of("php", "main.php")));

  /** The same programs, with a public key for the secret. */
  private static final List<Language> V1A =
      LANGUAGES.stream()
          .filter(language -> language.info().endsWith(" verify"))
          .map(language ->
              new Language(
                  language.info().replace(" verify", " v1a"),
                  language.file(),
                  language.mainFile(),
                  language.main(),
                  language.command()))
          .toList();

  @Test
  void thereAreFiveLanguagesAndTheOtherStyles() {
    assertThat(Stream.concat(LANGUAGES.stream(), V1A.stream()))
        .extracting(Language::info)
        .allMatch(info -> block(info) != null);
  }

  @TestFactory
  @Tag("feature-24")
  Stream<DynamicTest> takeTheKnownAnswersAndNothingElse() {
    return Stream.concat(LANGUAGES.stream(), V1A.stream())
        .filter(language -> isThere(language.command().getFirst()) && hasPackages(language))
        .map(language -> DynamicTest.dynamicTest(language.info(), () -> verify(language)));
  }

  private void verify(Language language) throws Exception {
    Path home = Files.createDirectories(directory.resolve(language.info().replace(' ', '-')));
    Files.writeString(home.resolve(language.file()), block(language.info()).text());
    Files.writeString(home.resolve(language.mainFile()), language.main());
    if (language.mainFile().endsWith(".java")) {
      compile(home.resolve(language.file()), home.resolve(language.mainFile()));
    }
    boolean standard = language.info().endsWith(" verify");
    boolean asymmetric = language.info().endsWith(" v1a");
    int checked = 0;
    for (JsonNode vector : vectors(asymmetric ? "ed25519" : "signatures")) {
      String style = vector.path("style").asText("standard");
      if (style.equals("standard") == (standard || asymmetric)) {
        check(language, home, vector, style);
        checked++;
      }
    }
    assertThat(checked).isGreaterThanOrEqualTo(2);
  }

  /** The right one, one of two, a changed body; and one that is too old, where there is a time. */
  private static void check(Language language, Path home, JsonNode vector, String style)
      throws Exception {
    boolean standard = style.equals("standard");
    String secret = vector.path("secret").asText();
    String id = standard ? vector.path("id").asText() : style;
    long sent = vector.path("timestamp").asLong();
    String right = vector.path("signature").asText();
    String body = vector.path("body").asText();
    String at = Long.toString(sent);
    String now = Long.toString(sent + NOW_AFTER);
    assertThat(run(language, home, body, secret, id, at, right, now)).isEqualTo("true");
    assertThat(run(language, home, body + " ", secret, id, at, right, now)).isEqualTo("false");
    if (standard) {
      String two = "v1,AAAA " + right;
      assertThat(run(language, home, body, secret, id, at, two, now)).isEqualTo("true");
      assertThat(run(language, home, body, secret, id, "x", right, now)).isEqualTo("false");
    }
    if (sent > 0) {
      String late = Long.toString(sent + 301);
      assertThat(run(language, home, body, secret, id, at, right, late)).isEqualTo("false");
    }
  }

  private static String run(
      Language language,
      Path home,
      String body,
      String secret,
      String id,
      String timestamp,
      String signatures,
      String now)
      throws IOException, InterruptedException {
    Files.writeString(home.resolve("body"), body);
    List<String> command = new ArrayList<>(language.command());
    command.addAll(List.of(secret, id, timestamp, signatures, "body", now));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
    builder.environment().putAll(Map.of("GO111MODULE", "off", "GOFLAGS", ""));
    builder.environment().put("GOCACHE", home.resolve("cache").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  private static void compile(Path... files) {
    List<String> arguments = new ArrayList<>(List.of("-proc:none"));
    Stream.of(files).map(Path::toString).forEach(arguments::add);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
  }

  /** Python has Ed25519 in a package only, PHP in an extension. */
  private static boolean hasPackages(Language language) {
    return switch (language.info()) {
      case "python v1a" -> ends("python3", "-c", "import cryptography");
      case "php v1a" ->
          ends("php", "-r", "exit(function_exists('sodium_crypto_sign_verify_detached') ? 0 : 1);");
      default -> true;
    };
  }

  private static boolean ends(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean isThere(String interpreter) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory).resolve(interpreter))
        .anyMatch(Files::isExecutable);
  }

  private static Block block(String info) {
    return Docs.blocks().stream()
        .filter(block -> block.info().equals(info))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no block " + info));
  }

  private static List<JsonNode> vectors(String kind) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            DocumentedVerifiersTest.class.getResourceAsStream("/vectors/signatures.json"))) {
      JsonNode vectors = new ObjectMapper().readTree(in).path(kind);
      return StreamSupport.stream(vectors.spliterator(), false).toList();
    }
  }
}
