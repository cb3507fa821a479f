package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page is served whole, as browsers want it, and nothing else by its paths. */
class PageTest {

  private static final Pattern IMPORT_MAP =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
  private static final Pattern IMPORT =
      Pattern.compile(
          "\\b(?:import|export)\\b(?:[\\w$*{},\\s]*?\\bfrom)?\\s*[\"']([^\"'\\s]+)[\"']");

  private static final Pattern KEY = Pattern.compile("(?m)^  '([^']+)': ");

  /** {@code t('key')}, {@code t(condition ? 'key' : 'other')}. */
  private static final Pattern USED = Pattern.compile("\\bt\\(([^()`]*)\\)");

  private static final Pattern TEXT = Pattern.compile("'([a-z][a-z0-9.-]*)'");

  /** The beginning of a key that ends with a value. */
  private static final Pattern BEGUN =
      Pattern.compile("\\bt\\(`([a-z0-9.-]+)\\$\\{|\\b(?:term|count)\\('([a-z0-9.-]+)'");

  @TempDir Path directory;
  private ApiRig rig;
  private ApiClient client;

  @BeforeEach
  void start() throws IOException {
    rig = new ApiRig(directory, Optional.empty());
    client = rig.local().with("Authorization", "");
  }

  @AfterEach
  void stop() {
    client.close();
    rig.close();
  }

  @Test
  void eachFileThatItImportsIsServedAsBrowsersWantIt() throws Exception {
    ApiClient.Reply index = client.get("/");
    assertThat(index.contentType()).isEqualTo("text/html; charset=utf-8");
    Matcher map = IMPORT_MAP.matcher(index.text());
    assertThat(map.find()).isTrue();
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(map.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(index.header("Content-Security-Policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .contains("script-src 'self' 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
    Set<String> files = files(index.text(), Json.MAPPER.readTree(map.group(1)).path("imports"));
    assertThat(files).hasSizeGreaterThan(30).contains("/page/texts/de.js", "/page/icon.svg");
    for (String file : files) {
      check(client.get(file));
    }
    check(index);
  }

  private void check(ApiClient.Reply reply) {
    assertThat(reply.status()).as(reply.path()).isEqualTo(200);
    String type =
        switch (reply.path().replaceFirst(".*[./]", "")) {
          case "js" -> "text/javascript";
          case "css" -> "text/css";
          case "svg" -> "image/svg+xml";
          default -> "text/html";
        };
    assertThat(reply.contentType()).isEqualTo(type + "; charset=utf-8");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.header("Content-Security-Policy")).startsWith("default-src 'none';");
    ApiClient.Reply again =
        client.with("If-None-Match", String.valueOf(reply.header("ETag"))).get(reply.path());
    assertThat(again.status()).as(reply.path()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(client.with("If-None-Match", "\"0\"").get(reply.path()).status()).isEqualTo(200);
    ApiClient.Reply head = client.ask("HEAD", reply.path(), (String) null);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  /** The index's own, and what these import, and so on. */
  private Set<String> files(String index, JsonNode imports) {
    Set<String> files = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>();
    LINK.matcher(index).results().forEach(link -> open.add("/" + link.group(1)));
    while (!open.isEmpty()) {
      String file = open.pop();
      if (files.add(file) && file.endsWith(".js")) {
        for (Matcher found = IMPORT.matcher(client.get(file).text()); found.find(); ) {
          String named = found.group(1);
          JsonNode known = imports.path(named);
          assertThat(named.startsWith(".") || known.isTextual())
              .as(file + " imports " + named + ", which the import map does not name")
              .isTrue();
          open.add(
              known.isTextual()
                  ? URI.create("/").resolve(known.asText()).getPath()
                  : URI.create(file).resolve(named).getPath());
        }
      }
    }
    return files;
  }

  @Test
  void noPathLeadsToAnythingElse() throws Exception {
    for (String path :
        new String[] {
          "/page/../index.html",
          "/page/../AdminServer.class",
          "/page/..%2findex.html",
          "/page/%2e%2e/index.html",
          "/page/texts/../main.js",
          "/page//main.js",
          "/page/./main.js",
          "/page/PageFiles.class",
          "/page/index.html",
          "/page/",
          "/page",
          "/index.html",
          "/page/main%2ejs",
          "/page/main.js/",
          "/page/none.js",
          "/page/..\\main.js"
        }) {
      String line = status("GET " + path, rig.endpoint().authority());
      assertThat(line).as(path).containsAnyOf(" 404 ", " 400 ", " 401 ");
    }
    ApiClient known = rig.local();
    for (String path : new String[] {"/page/none.js", "/page/index.html", "/index.html", "/page"}) {
      assertThat(known.get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(known.get("/page/%2e%2e/index.html").status()).isEqualTo(404);
    assertThat(known.get("/page/..%2fmain.js").status()).isEqualTo(404);
    assertThat(known.post("/", "{}").status()).isIn(404, 405);
    assertThat(known.post("/page/main.js", "{}").status()).isIn(404, 405);
  }

  @Test
  void itIsForThisHostOnly() throws Exception {
    assertThat(status("GET /", rig.endpoint().authority())).contains(" 200 ");
    assertThat(status("GET /", "evil.example")).contains(" 421 ");
    assertThat(status("GET /page/main.js", "localhost:1")).contains(" 421 ");
  }

  private String status(String begin, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), rig.endpoint().port());
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              (begin + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return String.valueOf(in.readLine());
    }
  }

  @Test
  void bothLanguagesHaveAllWordsThatAreUsed() throws Exception {
    List<String> english = keys("en");
    assertThat(english).hasSizeGreaterThan(200).doesNotHaveDuplicates();
    assertThat(keys("de")).containsExactlyElementsOf(english);
    Map<String, String> missing = new TreeMap<>();
    String index = client.get("/").text();
    Matcher map = IMPORT_MAP.matcher(index);
    assertThat(map.find()).isTrue();
    int used = 0;
    for (String file : files(index, Json.MAPPER.readTree(map.group(1)).path("imports"))) {
      if (file.endsWith(".js") && !file.contains("/library/") && !file.contains("/texts/")) {
        used += words(file, client.get(file).text(), english, missing);
      }
    }
    assertThat(used).isGreaterThan(200);
    assertThat(missing).as("words that are used and are in no language").isEmpty();
  }

  private List<String> keys(String language) {
    return KEY.matcher(client.get("/page/texts/" + language + ".js").text())
        .results()
        .map(key -> key.group(1))
        .toList();
  }

  private static int words(
      String file, String module, List<String> keys, Map<String, String> missing) {
    int used = 0;
    for (Matcher call = USED.matcher(module); call.find(); ) {
      String given = call.group(1).replaceFirst(",? *\\{.*", "");
      for (Matcher key = TEXT.matcher(given); key.find(); used++) {
        if (!keys.contains(key.group(1))) {
          missing.put(key.group(1), file);
        }
      }
    }
    for (Matcher call = BEGUN.matcher(module); call.find(); used++) {
      String begin = call.group(1) != null ? call.group(1) : call.group(2) + ".";
      if (keys.stream().noneMatch(key -> key.startsWith(begin))) {
        missing.put(begin + "*", file);
      }
    }
    return used;
  }
}
