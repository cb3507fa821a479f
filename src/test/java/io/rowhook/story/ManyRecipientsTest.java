package io.rowhook.story;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The product in a process of its own, with the launcher's heap of 256 MB, and very many
 * recipients: what they wait for must fit in memory together.
 */
@Tag("slow")
final class ManyRecipientsTest {

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int RECIPIENTS = 1_000;
  private static final int ROWS = 200;

  /** After so many it is seen to flow; all of them would take minutes. */
  private static final int FLOWS = 40;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /** One insert of small rows goes to all of them at once, and again after a restart. */
  @Test
  void oneInsertOfSmallRowsReachesAThousandRecipients() throws IOException {
    try (SourceDatabase source = SourceDatabase.start();
        Receiving receiving = new Receiving();
        Stage stage = new Stage(source, directory)) {
      source.execute(
          "CREATE TABLE public.article (id int PRIMARY KEY, name text)",
          "ALTER TABLE public.article REPLICA IDENTITY FULL");
      stage.write("connector-config/entities.yaml", "Article: { table: public.article }");
      for (int i = 0; i < RECIPIENTS; i++) {
        stage.recipient(
            "r" + i,
            """
            url: http://127.0.0.1:%d/r%d
            timeout: 5m
            """
                .formatted(receiving.port(), i));
      }
      try (RowhookProcess process = start(stage)) {
        source.execute(
            "INSERT INTO public.article SELECT i, 'Article ' || i FROM generate_series(1, "
                + ROWS
                + ") i");
        await(process, "each is sent to", () -> receiving.reached(1));
        process.kill();
      }
      try (RowhookProcess process = start(stage)) {
        await(process, "each is sent to again", () -> receiving.open() >= RECIPIENTS);
        receiving.answer();
        await(process, "it flows to each", () -> receiving.reached(FLOWS));
      }
    }
  }

  private static void await(
      RowhookProcess process, String what, java.util.concurrent.Callable<Boolean> condition) {
    Eventually.within(LIMIT, what, () -> condition.call() || !process.isAlive());
    assertThat(process.isAlive()).as(() -> what + ": " + process.output()).isTrue();
    assertThat(process.output()).doesNotContain("OutOfMemory");
  }

  private static RowhookProcess start(Stage stage) {
    RowhookProcess process =
        RowhookProcess.run(
                stage.options().config(), stage.options().templates(), stage.journalFile())
            .start();
    process.awaitLine(LIMIT, "Streaming from slot");
    return process;
  }

  /**
   * All recipients in one: keeps thousands of connections, and answers none until it is told to.
   */
  private static final class Receiving implements AutoCloseable {

    private static final byte[] OK =
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);

    private final ServerSocket server =
        new ServerSocket(0, RECIPIENTS, InetAddress.getLoopbackAddress());
    private final CountDownLatch answering = new CountDownLatch(1);
    private final Map<String, BitSet> received = new ConcurrentHashMap<>(); // ids, by path
    private final Map<Socket, Boolean> connections = new ConcurrentHashMap<>();

    Receiving() throws IOException {
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return server.getLocalPort();
    }

    void answer() {
      answering.countDown();
    }

    int open() {
      return connections.size();
    }

    /** True if each recipient has had so many different entities. */
    boolean reached(int entities) {
      return received.size() == RECIPIENTS
          && received.values().stream().allMatch(ids -> count(ids) >= entities);
    }

    private static int count(BitSet ids) {
      synchronized (ids) {
        return ids.cardinality();
      }
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = server.accept();
          connections.put(socket, true);
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1024);
        for (String first = line(in); !first.isEmpty(); first = line(in)) {
          int id = 0;
          int length = 0;
          for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String[] parts = header.toLowerCase(Locale.ROOT).split(": ", 2);
            switch (parts[0]) {
              case "rowhook-entity-id" -> id = Integer.parseInt(parts[1]);
              case "content-length" -> length = Integer.parseInt(parts[1]);
              default -> {}
            }
          }
          in.skipNBytes(length);
          BitSet ids = received.computeIfAbsent(first.split(" ", 3)[1], _ -> new BitSet());
          synchronized (ids) {
            ids.set(id);
          }
          answering.await();
          socket.getOutputStream().write(OK);
        }
      } catch (IOException e) {
        // the process was killed
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        connections.remove(socket);
      }
    }

    /** Without its end; empty also where there is no more. */
    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    @Override
    public void close() {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
