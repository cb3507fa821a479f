package io.rowhook.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.api.AdminRequest;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.testing.RowhookProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may speak to the service, and who may not. */
class AdminServerTest {

  @TempDir Path directory;
  private Path journal;
  private AdminServer server;
  private EndpointFile file;
  private final AtomicInteger runs = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    journal = directory.resolve("journal.db");
    server =
        new AdminServer(
            journal,
            Map.of(
                "echo",
                request -> {
                  runs.incrementAndGet();
                  return request.json();
                },
                "refuse",
                request -> {
                  throw new DeliveryAdminException("no such thing");
                },
                "break",
                request -> {
                  throw new IllegalStateException("secret-value");
                }));
    file = EndpointFile.read(EndpointFile.beside(journal));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String bearer() {
    return "Bearer " + file.token().reveal();
  }

  private String ask(String host, String authorization, String line, String body)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral(EndpointFile.HOST), file.port())) {
      String head =
          line
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nConnection: close\r\n"
              + (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n")
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n";
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }
  }

  /** For a process of its own: the limit is set for all servers of one, before the first. */
  static final class Alone {
    private Alone() {}

    public static void main(String[] arguments) throws Exception {
      try (var _ = new AdminServer(Path.of(arguments[0]), Map.of("echo", AdminRequest::json))) {
        System.out.println("listens");
        Thread.sleep(Duration.ofMinutes(5));
      }
    }
  }

  /** It would keep its connection, and one of the few places, for good. */
  @Test
  void halfARequestIsCutOff() throws IOException {
    Path alone = directory.resolve("alone.db");
    try (RowhookProcess process =
        RowhookProcess.command(alone.toString()).main(Alone.class).start()) {
      process.awaitLine(Duration.ofSeconds(30), "listens");
      file = EndpointFile.read(EndpointFile.beside(alone));
      String head =
          "POST /echo HTTP/1.1\r\nHost: "
              + file.authority()
              + "\r\nAuthorization: "
              + bearer()
              + "\r\nContent-Length: 100\r\n\r\n{";
      try (Socket body = half(head);
          Socket line = half(head.substring(0, 40))) {
        assertThat(body.getInputStream().read()).isEqualTo(-1);
        assertThat(line.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  private Socket half(String request) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral(EndpointFile.HOST), file.port());
    socket.setSoTimeout(1000 * 4 * AdminServer.REQUEST_SECONDS);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void whoHasTheFileIsServed() throws Exception {
    assertThat(ask(file.authority(), bearer(), "POST /echo", "{}")).contains(" 200 ");
    assertThat(runs).hasValue(1);
  }

  @Test
  void anyoneElseIsNot() throws IOException {
    String good = file.authority();
    assertThat(ask(good, "", "POST /echo", "{}")).contains(" 401 ");
    assertThat(ask(good, "Bearer x", "POST /echo", "{}")).contains(" 401 ");
    assertThat(ask(good, file.token().reveal(), "POST /echo", "{}")).contains(" 401 ");
    assertThat(ask("evil.example:" + file.port(), bearer(), "POST /echo", "{}")).contains(" 421 ");
    assertThat(ask("localhost:" + file.port(), bearer(), "POST /echo", "{}")).contains(" 421 ");
    assertThat(runs).hasValue(0);
  }

  @Test
  void whatIsNoRequestIsRefused() throws IOException {
    String good = file.authority();
    assertThat(ask(good, bearer(), "GET /echo", "")).contains(" 404 ");
    assertThat(ask(good, bearer(), "POST /nothing", "{}")).contains(" 404 ");
    assertThat(ask(good, bearer(), "POST /echo", "[]")).contains(" 400 ");
    assertThat(ask(good, bearer(), "POST /echo", "{")).contains(" 400 ");
    String large = "{\"a\":\"" + "x".repeat(AdminServer.MAX_BODY_BYTES) + "\"}";
    assertThat(ask(good, bearer(), "POST /echo", large)).contains(" 413 ");
    assertThat(ask(good, bearer(), "POST /refuse", "{}")).contains(" 409 ");
    assertThat(ask(good, bearer(), "POST /break", "{}")).contains(" 500 ");
    assertThat(runs).hasValue(0);
  }

  @Test
  void theFileIsItsOwnersAndGoesAtTheEnd() throws IOException {
    Path place = EndpointFile.beside(journal);
    assertThat(place).hasFileName("journal.db.admin");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
        .isEqualTo("rw-------");
    JsonNode json = Json.MAPPER.readTree(Files.readString(place));
    assertThat(json.path("token").asText()).hasSize(64);
    assertThat(file.toString()).doesNotContain(json.path("token").asText());
    server.close();
    assertThat(place).doesNotExist();
  }

  @Test
  void anothersFileIsLeft() throws IOException {
    EndpointFile.of(1).write(EndpointFile.beside(journal));
    server.close();
    assertThat(EndpointFile.beside(journal)).exists();
  }
}
