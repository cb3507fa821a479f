package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RawServer;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call ends at its deadline, wherever the other side leaves it hanging. */
class CallTimeoutTest {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  private final WebhookClient client = new WebhookClient(AddressPolicy.ANY);

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @Tag("feature-30")
  @CsvSource({
    "silent",
    "head",
    "trickled head",
    "trickled body",
    "chunks without end",
    "continue without end"
  })
  void endsTheCallAtTheDeadline(String kind) throws Exception {
    try (RawServer server =
        new RawServer((_, out) -> {
          switch (kind) {
            case "head" ->
                out.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
            case "trickled head" -> trickle(out, "", "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(99));
            case "trickled body" ->
                trickle(out, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", "x".repeat(500));
            case "chunks without end" ->
                trickle(
                    out,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "1\r\nx\r\n".repeat(100));
            case "continue without end" ->
                trickle(out, "", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
            default -> {}
          }
        })) {
      long started = System.nanoTime();
      assertThat(client.post(server.url("/"), List.of(), BODY, SHORT))
          .isEqualTo(new NoResponse("no complete answer within 300ms"));
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .isBetween(SHORT, SHORT.plusSeconds(3));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  @Tag("feature-30")
  void endsTheCallAtTheDeadlineOnAVirtualThreadToo() throws Exception {
    try (RawServer server = new RawServer((_, _) -> {})) {
      List<HttpResult> answers = new java.util.concurrent.CopyOnWriteArrayList<>();
      Thread.ofVirtual()
          .start(() -> answers.add(client.post(server.url("/"), List.of(), BODY, SHORT)))
          .join();
      assertThat(answers).containsExactly(new NoResponse("no complete answer within 300ms"));
    }
  }

  @Test
  @Tag("feature-30")
  void endsAConnectionThatIsNeverAcceptedAtTheDeadline() throws Exception {
    // Nobody accepts, and the queue is full: the kernel leaves the next one hanging.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<java.net.Socket> filling = new java.util.ArrayList<>();
      for (int i = 0; i < 3; i++) {
        java.net.Socket socket = new java.net.Socket();
        filling.add(socket);
        try {
          socket.connect(full.getLocalSocketAddress(), 200);
        } catch (IOException e) {
          break;
        }
      }
      URI url = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/");
      assertThat(client.post(url, List.of(), BODY, SHORT))
          .isEqualTo(new NoResponse("no complete answer within 300ms"));
      for (java.net.Socket socket : filling) {
        socket.close();
      }
    }
  }

  @Test
  @Tag("feature-30")
  void endsAHandshakeAtTheDeadline() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI url = URI.create("https://127.0.0.1:" + mute.getLocalPort() + "/");
      assertThat(client.post(url, List.of(), BODY, SHORT))
          .isEqualTo(new NoResponse("no complete answer within 300ms"));
    }
  }

  @Test
  @Tag("feature-30")
  void endsASendThatNobodyReadsAtTheDeadline() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI url = URI.create("http://127.0.0.1:" + deaf.getLocalPort() + "/");
      assertThat(client.post(url, List.of(), new byte[64 << 20], Duration.ofSeconds(1)))
          .isEqualTo(new NoResponse("no complete answer within 1s"));
    }
  }

  private static void trickle(java.io.OutputStream out, String head, String rest) throws Exception {
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    for (byte b : rest.getBytes(StandardCharsets.ISO_8859_1)) {
      out.write(b);
      out.flush();
      Thread.sleep(10);
    }
  }
}
