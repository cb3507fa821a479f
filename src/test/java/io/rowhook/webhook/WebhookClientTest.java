package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RawServer;
import io.rowhook.testing.Receiver;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.http.RequestRoute;
import java.io.IOException;
import java.net.InetAddress;
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
import org.junit.jupiter.params.provider.ValueSource;

class WebhookClientTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  private final WebhookClient client = new WebhookClient(AddressPolicy.ANY);

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @Tag("feature-3")
  @ValueSource(
      strings = {
        "/h?secret=xyz",
        "/h?secret=xyz&a=%2F%C3%BC&&b=",
        "/a/../b/./c//d?x=/../y",
        "//double",
        "/%41%7e?",
        "/?",
        "/a;b=c,d:e@f!$&'()*+=?q=~%20+",
      })
  void keepsPathAndQuery(String target) throws Exception {
    try (RawServer server = RawServer.saying(OK)) {
      assertThat(client.post(server.url(target), List.of(), BODY, LONG))
          .isInstanceOf(Response.class);
      assertThat(server.heads()).hasSize(1);
      assertThat(server.heads().getFirst()).startsWith("POST " + target + " HTTP/1.1\r\n");
    }
  }

  @Test
  @Tag("feature-3")
  void addsNothingOfItsOwn() throws Exception {
    try (RawServer server = RawServer.saying(OK)) {
      URI url = server.url("");
      client.post(url, List.of(new HttpHeader("Webhook-Id", "evt_1")), BODY, LONG);
      assertThat(server.heads().getFirst().lines().toList())
          .containsExactlyInAnyOrder(
              "POST / HTTP/1.1",
              "Webhook-Id: evt_1",
              "Content-Length: 2",
              "Content-Type: application/json",
              "Host: 127.0.0.1:" + url.getPort(),
              "Connection: keep-alive",
              "");
    }
    assertThat(RequestRoute.path(URI.create("http://h/ä?ö=1#frag"))).isEqualTo("/%C3%A4?%C3%B6=1");
  }

  @Test
  void readsStatusHeadersAndBody() {
    try (Receiver receiver =
        new Receiver(_ -> new Receiver.Answer(429, List.of("Retry-After", "7"), "späßle"))) {
      Response response = (Response) client.post(receiver.url("/"), List.of(), BODY, LONG);
      assertThat(response.status()).isEqualTo(429);
      assertThat(response.retryAfter()).contains("7");
      assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("späßle");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 407, 408, 429, 500, 502, 503, 504})
  void asksOnlyOnce(int status) {
    try (Receiver receiver =
        new Receiver(_ ->
            Receiver.Answer.of(
                status, "Retry-After", "0", "WWW-Authenticate", "Basic realm=\"x\""))) {
      assertThat(((Response) client.post(receiver.url("/"), List.of(), BODY, LONG)).status())
          .isEqualTo(status);
      assertThat(receiver.count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @Tag("feature-32")
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) {
    try (Receiver target = new Receiver();
        Receiver receiver =
            new Receiver(
                _ -> Receiver.Answer.of(status, "Location", target.url("/x").toString()))) {
      assertThat(((Response) client.post(receiver.url("/"), List.of(), BODY, LONG)).status())
          .isEqualTo(status);
      assertThat(receiver.count()).isEqualTo(1);
      assertThat(target.count()).isZero();
    }
  }

  @Test
  void keepsNoCookiesAndUnpacksNothing() throws Exception {
    try (Receiver receiver =
        new Receiver(_ ->
            new Receiver.Answer(
                200, List.of("Set-Cookie", "a=b", "Content-Encoding", "gzip"), "not gzip"))) {
      for (int i = 0; i < 2; i++) {
        Response response = (Response) client.post(receiver.url("/"), List.of(), BODY, LONG);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("not gzip");
      }
      assertThat(receiver.requests())
          .allSatisfy(request ->
              assertThat(request.headers()).doesNotContainKeys("Cookie", "Accept-encoding"));
    }
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

  @Test
  @Tag("feature-47")
  void refusesAnAddressThatIsNotPublic() {
    try (Receiver receiver = new Receiver();
        WebhookClient guarded = new WebhookClient(AddressPolicy.PUBLIC)) {
      int port = receiver.url("/").getPort();
      for (String host : List.of("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]")) {
        NoResponse noResponse =
            (NoResponse)
                guarded.post(
                    URI.create("http://" + host + ":" + port + "/"), List.of(), BODY, LONG);
        assertThat(noResponse.reason())
            .endsWith(
                "an address that is loopback; allow its network for this recipient if that is"
                    + " meant");
      }
      assertThat(receiver.count()).isZero();
    }
  }

  @Test
  void asksNoProxyOfTheSystem() throws Exception {
    try (Receiver receiver = new Receiver();
        WebhookClient direct = new WebhookClient(AddressPolicy.ANY)) {
      for (String name : List.of("socksProxyHost", "http.proxyHost")) {
        System.setProperty(name, "127.0.0.1");
      }
      System.setProperty("socksProxyPort", "1");
      System.setProperty("http.proxyPort", "1");
      System.setProperty("socksNonProxyHosts", "");
      System.setProperty("http.nonProxyHosts", "");
      try {
        assertThat(direct.post(receiver.url("/"), List.of(), BODY, LONG))
            .isInstanceOf(Response.class);
      } finally {
        for (String name :
            List.of(
                "socksProxyHost",
                "socksProxyPort",
                "socksNonProxyHosts",
                "http.proxyHost",
                "http.proxyPort",
                "http.nonProxyHosts")) {
          System.clearProperty(name);
        }
      }
    }
  }

  @Test
  void noticesAKeptConnectionThatWasClosedMeanwhile() throws Exception {
    try (RawServer server =
        new RawServer((socket, out) -> {
          out.write(OK.getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
          Thread.sleep(20); // the client has it, and believes the connection to be kept
          socket.close();
        })) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.post(server.url("/"), List.of(), BODY, LONG))
            .isInstanceOf(Response.class);
        Thread.sleep(250); // longer than a connection is trusted unasked: what is tested
      }
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
