package io.rowhook.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each kit's {@code verify} takes the known answers, and nothing else; where its interpreter is.
 */
@Tag("feature-74")
class KitVectorsTest {

  /**
   * Programs that say of each six arguments whether they are verified: secret, id, timestamp,
   * signatures, body, and the time.
   */
  private static final String JAVA =
      """
      class Vectors {
        public static void main(String[] a) {
          for (int i = 0; i < a.length; i += 6) {
            var headers = new java.util.TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            headers.put("webhook-id", a[i + 1]);
            headers.put("webhook-timestamp", a[i + 2]);
            headers.put("webhook-signature", a[i + 3]);
            byte[] body = a[i + 4].getBytes(java.nio.charset.StandardCharsets.UTF_8);
            System.out.println(
                RowhookKit.verify(a[i], headers::get, body, Long.parseLong(a[i + 5])));
          }
        }
      }
      """;

  private static final String NODE =
      """
      import { verify } from "./rowhook-kit.mjs";
      const a = process.argv.slice(2);
      for (let i = 0; i < a.length; i += 6) {
        const headers = { "webhook-id": a[i + 1], "webhook-timestamp": a[i + 2], "webhook-signature": a[i + 3] };
        console.log(verify(a[i], i % 12 ? headers : new Headers(headers), Buffer.from(a[i + 4]), Number(a[i + 5])));
      }
      """;

  private static final String PYTHON =
      """
      import sys
      from rowhook_kit import verify
      a = sys.argv[1:]
      for i in range(0, len(a), 6):
          headers = {"Webhook-Id": a[i + 1], "webhook-timestamp": a[i + 2], "WEBHOOK-SIGNATURE": a[i + 3]}
          print(str(verify(a[i], headers, a[i + 4].encode(), int(a[i + 5]))).lower())
      """;

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> takesTheKnownAnswersAndNothingElse() {
    return Kit.here()
        .filter(kit -> kit != Kit.PYTHON_POSTGRES && kit != Kit.NODE_NPM) // the same files
        .map(kit -> DynamicTest.dynamicTest(kit.name(), () -> verify(kit)));
  }

  private void verify(Kit kit) throws Exception {
    Path home = kit.copyTo(directory.resolve(kit.name()));
    String program =
        switch (kit) {
          case JAVA_POSTGRES -> "Vectors.java";
          case NODE_POSTGRES, NODE_NPM -> "vectors.mjs";
          case PYTHON_POSTGRES, PYTHON_SQLITE -> "vectors.py";
        };
    String text =
        switch (kit) {
          case JAVA_POSTGRES -> JAVA;
          case NODE_POSTGRES, NODE_NPM -> NODE;
          case PYTHON_POSTGRES, PYTHON_SQLITE -> PYTHON;
        };
    Files.writeString(home.resolve(program), text);
    List<String> command = new ArrayList<>(kit.command(home, program));
    List<String> expected = new ArrayList<>();
    for (JsonNode vector : vectors()) {
      if (vector.path("style").asText().equals("standard")) {
        cases(vector, command, expected);
      }
    }
    assertThat(expected).hasSizeGreaterThan(10);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.lines()).isEqualTo(expected);
  }

  private static void cases(JsonNode vector, List<String> command, List<String> expected) {
    String body = vector.path("body").asText();
    String right = vector.path("signature").asText();
    long sent = vector.path("timestamp").asLong();
    String at = Long.toString(sent);
    String cut = right.substring(0, right.length() - 1);
    String[][] cases = {
      {"true", at, right, body, Long.toString(sent + 300)},
      {"true", at, right, body, Long.toString(sent - 300)},
      {"true", at, "v1,AAAA " + right, body, at},
      {"true", at, right + " v1a,AAAA", body, at},
      {"false", at, right, body + " ", at},
      {"false", at, right, body, Long.toString(sent + 301)},
      {"false", at, right, body, Long.toString(sent - 301)},
      {"false", Long.toString(sent + 1), right, body, at},
      {"false", "x", right, body, at},
      {"false", "", right, body, at},
      {"false", at, "", body, at},
      {"false", at, cut, body, at},
      {"false", at, right.replace("v1,", "v1a,"), body, at},
    };
    for (String[] one : cases) {
      expected.add(one[0]);
      command.addAll(
          List.of(
              vector.path("secret").asText(),
              vector.path("id").asText(),
              one[1],
              one[2],
              one[3],
              one[4]));
    }
  }

  private static JsonNode vectors() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            KitVectorsTest.class.getResourceAsStream("/vectors/signatures.json"))) {
      return new ObjectMapper().readTree(in).path("signatures");
    }
  }
}
