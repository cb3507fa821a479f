package io.rowhook.webhook;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.Events;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast a dispatcher is, against a receiver that does next to nothing. Prints; asserts no speed.
 */
@Tag("benchmark")
class DispatcherBenchmark {

  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @Test
  void deliversAsFastAsItCan() throws IOException {
    AtomicInteger count = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Outbound out = new Outbound()) {
      Thread.ofVirtual().start(() -> accept(server, count));
      URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
      out.start(recipient("light", url, new Parallel(16), RetryPolicy.DEFAULT));
      for (int round = 1; round <= 5; round++) {
        int events = 20_000;
        int done = events * round;
        long started = System.nanoTime();
        out.journal.append(
            Events.orders(events, round).subList(events * (round - 1), events * round));
        eventually("all arrived", () -> count.get() >= done);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        System.out.printf(
            Locale.ROOT,
            "%d events in %d ms: %d events/s%n",
            events,
            took.toMillis(),
            events * 1000L / took.toMillis());
      }
      out.settled("light");
      assertThat(count.get()).isEqualTo(100_000);
    }
  }

  private static void accept(ServerSocket server, AtomicInteger count) {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> serve(socket, count));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private static void serve(Socket socket, AtomicInteger count) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      StringBuilder line = new StringBuilder();
      int length = 0;
      while (true) {
        int b = in.read();
        if (b < 0) {
          return;
        } else if (b != '\n') {
          line.append((char) b);
          continue;
        }
        String text = line.toString().strip();
        line.setLength(0);
        if (text.regionMatches(true, 0, "Content-Length:", 0, 15)) {
          length = Integer.parseInt(text.substring(15).strip());
        } else if (text.isEmpty()) {
          in.skipNBytes(length);
          count.incrementAndGet();
          out.write(OK);
        }
      }
    } catch (IOException e) {
      return; // the other side has gone
    }
  }
}
