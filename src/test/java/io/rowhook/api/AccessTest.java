package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.admin.api.Operation;
import io.rowhook.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may speak to the service at its own address, and what is no request. */
class AccessTest {

  @TempDir Path directory;
  private ApiRig rig;
  private ApiClient client;
  private EndpointFile file;

  @BeforeEach
  void start() throws IOException {
    rig = new ApiRig(directory, Optional.empty());
    client = rig.local();
    file = rig.endpoint();
  }

  @AfterEach
  void stop() {
    client.close();
    rig.close();
  }

  private String bearer() {
    return "Bearer " + file.token().reveal();
  }

  /** As no client of good manners would write it. */
  private String raw(String host, String authorization, String line, String more)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral(EndpointFile.HOST), file.port())) {
      String head =
          line
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nConnection: close\r\n"
              + (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n")
              + more
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.setSoTimeout(20_000);
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .lines()
          .reduce("", (all, one) -> all + one + "\n");
    }
  }

  @Test
  void whoHasTheFileIsServed() throws Exception {
    assertThat(client.get("/v1/kill-switch").json()).hasToString("{\"set\":false}");
    String good = file.authority();
    String head = raw(good, bearer(), "HEAD /v1/kill-switch", "Accept: */*");
    assertThat(head).contains(" 200 ", "Content-Length: 13\n").endsWith("\n\n");
    assertThat(raw(good, "bearer " + file.token().reveal(), "GET /health", "Accept: */*"))
        .contains(" 200 ");
  }

  @Test
  void anyoneElseIsNot() throws IOException {
    String good = file.authority();
    String get = "GET /v1/kill-switch";
    String none = "Accept: */*";
    assertThat(raw(good, "", get, none)).contains(" 401 ", "WWW-Authenticate: Bearer");
    assertThat(raw(good, "Bearer x", get, none)).contains(" 401 ", "invalid_token");
    assertThat(raw(good, file.token().reveal(), get, none)).contains(" 401 ");
    assertThat(raw("evil.example:" + file.port(), bearer(), get, none)).contains(" 421 ");
    assertThat(raw("localhost:" + file.port(), bearer(), get, none)).contains(" 421 ");
    assertThat(raw(good, bearer(), get, "Origin: http://evil.example")).contains(" 403 ");
    assertThat(raw(good, bearer(), get, "Origin: null")).contains(" 403 ");
    assertThat(raw(good, bearer(), get, "Sec-Fetch-Site: cross-site")).contains(" 403 ");
    assertThat(raw(good, bearer(), get, "Origin: http://" + good)).contains(" 200 ");
    assertThat(raw(good, "", "GET /nothing", none)).contains(" 401 ");
    assertThat(raw(good, "", "GET /live", none)).contains(" 200 ").endsWith("ok\n");
    for (int i = 0; i < 12; i++) { // nobody of this machine can lock the commands out
      assertThat(raw(good, "Bearer x", get, none)).contains(" 401 ");
    }
    assertThat(client.get("/v1/kill-switch").status()).isEqualTo(200);
  }

  @Test
  void whatIsNoRequestIsAProblem() throws IOException {
    assertThat(client.get("/v1/nothing").json().path("type").asText())
        .isEqualTo("urn:problem-type:rowhook:no-such-path");
    ApiClient.Reply method = client.ask("PATCH", "/v1/kill-switch", "{}");
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.header("Allow")).isEqualTo("DELETE, GET, HEAD, PUT");
    assertThat(method.contentType()).isEqualTo("application/problem+json");
    assertThat(client.ask("HEAD", "/v1/live-events", (String) null).status()).isEqualTo(405);
    assertThat(client.ask("OPTIONS", "/v1/status", (String) null).status()).isEqualTo(405);
    String pause = "/v1/recipients/shop/pause";
    for (String body : new String[] {"{", "nul", "{}{}", "{\"a\":1,\"a\":2}", "\u00e9"}) {
      ApiClient.Reply reply = client.post(pause, body);
      assertThat(reply.status()).as(body).isEqualTo(400);
      assertThat(reply.json().path("detail").asText()).as(body).contains("not JSON");
    }
    assertThat(client.ask("POST", pause, new byte[] {'"', (byte) 0xff, '"'}).status())
        .isEqualTo(400);
    assertThat(client.post(pause, "[]").json().path("errors").toString())
        .isEqualTo("[{\"pointer\":\"#\",\"detail\":\"must be an object, got: a list\"}]");
    assertThat(client.post(pause, "{\"reason\":\"\\ud800\"}").status()).isBetween(400, 422);
    assertThat(client.post(pause, "{\"\\ud800\":1}").status()).isBetween(400, 422);
    assertThat(client.post(pause, "[".repeat(5_000)).status()).isEqualTo(400);
    assertThat(client.with("Content-Type", "text/plain").post(pause, "{}").status()).isEqualTo(415);
    for (int size : new int[] {Operation.Body.USUAL_BYTES + 1, 3 * Operation.Body.USUAL_BYTES}) {
      ApiClient.Reply large = client.post(pause, "{\"reason\":\"" + "x".repeat(size) + "\"}");
      assertThat(large.status()).isEqualTo(413);
      assertThat(large.json().path("title").asText()).isEqualTo("The body is too large");
      assertThat(large.json().path("detail").asText()).contains("may have 256 kB");
    }
    String good = file.authority();
    assertThat(raw(good, bearer(), "POST " + pause, "Content-Length: 999999999"))
        .contains(" 413 ", "application/problem+json");
    assertThat(raw(good, bearer(), "POST " + pause, "Transfer-Encoding: chunked\r\n\r\nfffffff"))
        .contains(" 413 ", "application/problem+json");
    assertThat(raw(good, bearer(), "GET /v1/%zz", "Accept: */*"))
        .contains(" 400 ", "application/problem+json");
    assertThat(raw(good, bearer(), "GET /v1/events/%ff%fe", "Accept: */*")).contains(" 404 ");
    assertThat(raw(good, bearer(), "GET /v1/status?a=%", "Accept: */*")).contains(" 400 ");
    assertThat(client.get("/v1/event-search?column%5Bno%5D=1&column%5Bno%5D=2").text())
        .contains("column[no] stands there twice, and is one value");
    assertThat(client.get("/v1/event-search?column=1").text())
        .contains("column is written with a key: column[KEY]=VALUE");
    assertThat(client.get("/v1/status").status()).isEqualTo(200);
  }

  /** They send more than a socket holds, and must learn why it was for nothing. */
  @Test
  void strangersWithLargeBodiesAreAnswered() throws Exception {
    ApiClient stranger = client.with("Authorization", "Bearer x");
    try (ExecutorService many = Executors.newFixedThreadPool(8)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String body = "x".repeat((1 + i % 3) * Operation.Body.USUAL_BYTES);
        answers.add(many.submit(() -> stranger.post("/v1/recipients/shop/pause", body).status()));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(401);
      }
    }
  }

  /** What is refused before it is looked at is refused as the document says, too. */
  @Test
  void aFirstLineThatCannotBeReadIsMalformed() throws IOException {
    String good = file.authority();
    for (String line :
        List.of("\"GET /live", "G{T /live", "GET\u0001 /live", "GET", "GET /\u0000", "")) {
      assertThat(raw(good, bearer(), line, "Accept: */*"))
          .as(line)
          .startsWith("HTTP/1.1 400 ")
          .contains("rowhook:malformed", "\"status\":400");
    }
    assertThat(raw(good, bearer(), "GET /" + "x".repeat(200_000), "Accept: */*"))
        .startsWith("HTTP/1.1 400 ")
        .contains("rowhook:malformed", "\"status\":400", "at most 131072 bytes");
  }

  @Test
  void toHeadNoBodyIsAnswered() throws IOException {
    String good = file.authority();
    for (String more : List.of("Content-Length: x", "No Header")) {
      assertThat(raw(good, bearer(), "HEAD /v1/status", more))
          .as(more)
          .startsWith("HTTP/1.1 400 ")
          .doesNotContain("urn:problem-type");
    }
  }

  @Test
  void whatTheDocumentAllowsFitsIntoTheFirstLine() {
    String names = ("&entity=" + "\u00e4".repeat(255)).repeat(60).replaceFirst("&", "?");
    assertThat(client.get("/v1/events" + names.replace("\u00e4", "%C3%A4")).status())
        .isEqualTo(404);
    String id = "%F0%9F%98%80".repeat(4096);
    assertThat(client.get("/v1/events?entity=Order&id=" + id).status()).isEqualTo(404);
    assertThat(client.get("/v1/events?entity=Order&id=" + id + "x").status()).isEqualTo(400);
  }

  @Test
  void aFaultIsLoggedAndNotShown() {
    rig.tested.add("break");
    ApiClient.Reply reply = client.post("/v1/recipients/shop/test", "");
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.text())
        .contains("a fault of Rowhook itself; the service's log has it")
        .doesNotContain("secret-value");
  }

  /** It would keep its connection, and one of the few places, for good. */
  @Test
  void halfARequestIsCutOff() throws IOException {
    String head =
        "POST /v1/recipients/shop/pause HTTP/1.1\r\nHost: "
            + file.authority()
            + "\r\nAuthorization: "
            + bearer()
            + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    try (Socket body = half(head);
        Socket headers = half(head.substring(0, 80))) {
      assertThat(body.getInputStream().read()).isEqualTo(-1);
      assertThat(headers.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Socket half(String request) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral(EndpointFile.HOST), file.port());
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void moreThanSomeAtOnceAreRefusedButNotProbes() throws Exception {
    rig.answers = new CountDownLatch(1);
    List<Thread> waiting =
        IntStream.range(0, 16)
            .mapToObj(
                _ -> Thread.ofVirtual().start(() -> client.post("/v1/recipients/shop/test", "")))
            .toList();
    io.rowhook.testing.Eventually.within(
        java.time.Duration.ofSeconds(20), "all of them wait", () -> rig.tested.size() == 16);
    ApiClient.Reply one = client.get("/v1/kill-switch");
    assertThat(one.status()).isEqualTo(503);
    assertThat(one.header("Retry-After")).isEqualTo("1");
    assertThat(client.get("/ready").status()).isEqualTo(200);
    rig.answers.countDown();
    for (Thread thread : waiting) {
      thread.join();
    }
    assertThat(client.get("/v1/kill-switch").status()).isEqualTo(200);
  }

  @Test
  void theFileIsItsOwnersAndGoesAtTheEnd() throws IOException {
    Path place = EndpointFile.beside(rig.file);
    assertThat(place).hasFileName("journal.db.admin");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
        .isEqualTo("rw-------");
    JsonNode json = Json.MAPPER.readTree(Files.readString(place));
    assertThat(json.path("token").asText()).hasSize(64);
    assertThat(file.toString()).doesNotContain(json.path("token").asText());
    rig.stop();
    assertThat(place).doesNotExist();
  }

  @Test
  void anothersFileIsLeft() throws IOException {
    EndpointFile.of(1, Optional.empty()).write(EndpointFile.beside(rig.file));
    rig.stop();
    assertThat(EndpointFile.beside(rig.file)).exists();
  }
}
