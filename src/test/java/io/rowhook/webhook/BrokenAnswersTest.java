package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RawServer;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that are too large, are cut off, are no HTTP, or do not come: each by its reason. */
class BrokenAnswersTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  private final WebhookClient client = new WebhookClient(AddressPolicy.ANY);

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  @Tag("feature-29")
  void readsAHugeAnswerUpToItsLimitOnly() throws Exception {
    AtomicLong written = new AtomicLong();
    try (RawServer server =
        new RawServer((_, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"
                  .getBytes(StandardCharsets.ISO_8859_1));
          byte[] block = new byte[64 * 1024];
          for (int i = 0; i < 1600; i++) {
            out.write(block);
            written.addAndGet(block.length);
          }
        })) {
      Response response = (Response) client.post(server.url("/"), List.of(), BODY, LONG);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body().length)
          .isBetween(WebhookClient.ANSWER_LIMIT, WebhookClient.ANSWER_LIMIT + 1);
      assertThat(written.get()).isLessThan(20L << 20); // what the kernel's buffers took
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the connection was closed without an answer",
        "HTTP/1.1 200 OK~Content-Length: 9~~half|the connection was closed in the middle of the answer",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~ab|the connection was closed in the middle of the answer",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~ab|the answer is not HTTP: its chunks are malformed",
        "HTTP/1.1 abc OK~~|the answer is not HTTP",
        "HTTP/1.1 200 OK~Content-Length: -7~~|the answer is not HTTP",
        "SSH-2.0-OpenSSH_9.6~|the answer is not HTTP",
        "{}|the answer is not HTTP",
      })
  void saysWhatIsWrongWithAnAnswer(String text, String reason) throws Exception {
    try (RawServer server = RawServer.saying(text.replace("~", "\r\n"))) {
      assertThat(client.post(server.url("/?secret=xyz"), List.of(), BODY, LONG))
          .isEqualTo(new NoResponse(reason));
    }
  }

  @Test
  void limitsTheHeadOfAnAnswer() throws Exception {
    for (String head :
        List.of("HTTP/1.1 200 OK\r\nX: " + "y".repeat(10_000), "X: y\r\n".repeat(10_000))) {
      try (RawServer server = RawServer.saying("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n")) {
        assertThat(client.post(server.url("/"), List.of(), BODY, LONG))
            .isEqualTo(new NoResponse("the head of the answer is longer than Rowhook reads"));
      }
    }
  }

  @Test
  void saysWhyThereIsNoConnection() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    URI refused = URI.create("http://127.0.0.1:" + port + "/?secret=xyz");
    assertThat(client.post(refused, List.of(), BODY, LONG))
        .isEqualTo(new NoResponse("connection refused by 127.0.0.1:" + port));
    assertThat(client.post(URI.create("http://shop.invalid/?s=x"), List.of(), BODY, LONG))
        .isEqualTo(new NoResponse("the host name in shop.invalid is unknown"));
    try (RawServer plain = RawServer.saying("HTTP/1.1 400 Bad Request\r\n\r\n");
        ServerSocket rude = new ServerSocket(0)) {
      Thread.ofVirtual()
          .start(() -> {
            try (java.net.Socket socket = rude.accept()) {
              socket.getInputStream().read();
              socket
                  .getOutputStream()
                  .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
              socket.getOutputStream().flush();
              socket.getInputStream().readNBytes(50);
            } catch (IOException e) {
              return;
            }
          });
      assertThat(plain.heads()).isEmpty();
      URI url = URI.create("https://127.0.0.1:" + rude.getLocalPort() + "/");
      assertThat(client.post(url, List.of(), BODY, LONG))
          .isEqualTo(
              new NoResponse(
                  "TLS with 127.0.0.1:"
                      + rude.getLocalPort()
                      + ": the other side does not speak TLS; is it plain HTTP?"));
    }
  }
}
