package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.testing.RawServer;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of connections is no failure of a recipient's. */
class ConnectionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(6);
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] BODY = {'{', '}'};

  /** It does not say so, so each connection looks as if it could be used again. */
  @Test
  @Tag("feature-35")
  void aServerThatClosesAfterEachAnswerGetsEverythingAtTheFirstAttempt() throws Exception {
    try (RawServer closing =
            new RawServer((socket, out) -> {
              out.write(OK);
              out.flush();
              socket.close();
            });
        Outbound out = new Outbound()) {
      out.start(
          Outbound.recipient("shop", closing.url("/"), new Sequential(), Outbound.retry(1, 1)));
      out.journal.append(orders(50, 1));
      out.settled("shop");
      assertThat(out.store("shop").ends()).hasSize(50);
      for (long sequence = 1; sequence <= 50; sequence++) {
        assertThat(out.store("shop").attempts(sequence))
            .singleElement()
            .satisfies(attempt -> assertThat(attempt.error()).isNull());
      }
      assertThat(closing.heads()).hasSize(50);
    }
  }

  @Test
  void aReusedConnectionThatBreaksIsReplacedOnce() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (KeepingServer server =
            new KeepingServer((number, ofConnection, socket) -> {
              requests.set(number);
              if (ofConnection == 1 && number < 3) {
                socket.getOutputStream().write(OK);
                return true;
              }
              return false; // the second on a connection, and each on the third connection
            });
        WebhookClient client = new WebhookClient(AddressPolicy.ANY)) {
      assertThat(client.post(server.url(), List.of(), BODY, LIMIT)).isInstanceOf(Response.class);
      assertThat(client.post(server.url(), List.of(), BODY, LIMIT))
          .isEqualTo(new NoResponse("the connection was closed without an answer"));
      assertThat(requests).as("the first, the reused one, and one new").hasValue(3);
    }
  }

  @Test
  void aReusedConnectionThatBreaksInTheAnswerIsAFailure() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (KeepingServer server =
            new KeepingServer((number, ofConnection, socket) -> {
              requests.set(number);
              socket
                  .getOutputStream()
                  .write(ofConnection == 1 ? OK : "HT".getBytes(StandardCharsets.ISO_8859_1));
              return ofConnection == 1;
            });
        WebhookClient client = new WebhookClient(AddressPolicy.ANY)) {
      assertThat(client.post(server.url(), List.of(), BODY, LIMIT)).isInstanceOf(Response.class);
      assertThat(client.post(server.url(), List.of(), BODY, LIMIT)).isInstanceOf(NoResponse.class);
      assertThat(requests).hasValue(2);
    }
  }

  @Test
  void anAddressThatSwallowsPacketsIsPassedOverWithinTheCall() throws Exception {
    List<String> accepted = new CopyOnWriteArrayList<>();
    try (RawServer good =
            new RawServer((socket, out) -> {
              accepted.add(socket.getLocalAddress().getHostAddress());
              out.write(OK);
              out.flush();
              socket.close();
            });
        BlackHole hole = new BlackHole("127.0.0.2", good.url("/").getPort());
        BlackHole another = new BlackHole("127.0.0.3", good.url("/").getPort());
        WebhookClient client =
            new WebhookClient(
                AddressPolicy.ANY,
                Optional.empty(),
                Optional.empty(),
                _ ->
                    new InetAddress[] {
                      hole.server.getInetAddress(),
                      another.server.getInetAddress(),
                      InetAddress.ofLiteral("127.0.0.1")
                    })) {
      URI url = URI.create("http://shop.example:" + good.url("/").getPort() + "/");
      assertThat(client.post(url, List.of(), BODY, LIMIT)).isInstanceOf(Response.class);
      // The first address comes back, and is deaf: the one that was good last is tried first.
      hole.vanish();
      try (ServerSocket deaf = new ServerSocket()) {
        deaf.bind(new InetSocketAddress("127.0.0.2", url.getPort()));
        assertThat(client.post(url, List.of(), BODY, LIMIT)).isInstanceOf(Response.class);
      }
      assertThat(accepted).containsExactly("127.0.0.1", "127.0.0.1");
    }
  }

  /** A port that nobody accepts at, its queue full: the kernel answers no more. */
  private static final class BlackHole implements AutoCloseable {
    private final ServerSocket server = new ServerSocket();
    private final List<Socket> filling = new ArrayList<>();

    BlackHole(String address, int port) throws IOException {
      server.bind(new InetSocketAddress(address, port), 1);
      for (boolean full = false; !full; ) {
        Socket socket = new Socket();
        filling.add(socket);
        try {
          socket.connect(server.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException e) {
          full = true;
        }
      }
    }

    void vanish() throws IOException {
      for (Socket socket : filling) {
        socket.close();
      }
      server.close();
    }

    @Override
    public void close() throws IOException {
      vanish();
    }
  }

  /** Answers many requests on one connection, and ends it when told. */
  private static final class KeepingServer implements AutoCloseable {

    /** Returns whether the connection is kept. */
    interface Behaviour {
      boolean answer(int number, int ofConnection, Socket socket) throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger number = new AtomicInteger();

    KeepingServer(Behaviour behaviour) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket, behaviour));
              }
            } catch (IOException e) {
              return; // closed
            }
          });
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    private void serve(Socket socket, Behaviour behaviour) {
      try (socket) {
        for (int ofConnection = 1; ; ofConnection++) {
          StringBuilder read = new StringBuilder();
          while (!read.toString().endsWith("\r\n\r\n{}")) {
            int b = socket.getInputStream().read();
            if (b < 0) {
              return;
            }
            read.append((char) b);
          }
          if (!behaviour.answer(number.incrementAndGet(), ofConnection, socket)) {
            return;
          }
        }
      } catch (IOException e) {
        return; // the other side has gone
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
