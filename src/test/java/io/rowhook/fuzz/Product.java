package io.rowhook.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.Flow;
import io.rowhook.Observers;
import io.rowhook.Wiring;
import io.rowhook.admin.AuditCommand;
import io.rowhook.admin.RunCommand;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.Position;
import io.rowhook.testing.Receiver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Rowhook in this process, as it is wired in production, and who it sends to. */
final class Product implements AutoCloseable {

  /** What came, and when by {@link System#nanoTime}. */
  record Arrival(long nanos, String id, long sequence, String body) {}

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Path directory;
  private final Map<String, List<Arrival>> arrivals; // lists guarded by themselves
  private final List<Receiver> receivers = new ArrayList<>();
  private @Nullable Flow flow;

  Product(Path directory, Map<String, String> source, String entities) throws IOException {
    this.directory = directory;
    arrivals = Map.of("inturn", new ArrayList<>(), "atonce", new ArrayList<>());
    StringBuilder properties = new StringBuilder();
    source.forEach((key, value) -> properties.append(key).append('=').append(value).append('\n'));
    write("connector-config/source.properties", properties.toString());
    write("connector-config/entities.yaml", entities);
    Files.createDirectories(directory.resolve("jslt-templates"));
    recipient("inturn", "sequential");
    recipient("atonce", "parallel");
  }

  private void recipient(String name, String processing) throws IOException {
    List<Arrival> arrived = arrivals(name);
    Receiver receiver =
        new Receiver(request -> {
          synchronized (arrived) {
            arrived.add(
                new Arrival(
                    System.nanoTime(),
                    request.header("Webhook-Id"),
                    Long.parseLong(request.header("Rowhook-Sequence")),
                    request.text()));
          }
          return Receiver.Answer.of(200);
        });
    receivers.add(receiver.keepingNothing());
    write(
        "connector-config/recipients/" + name + ".yaml",
        """
        url: %s
        processing: %s
        allow: { http: true, networks: [127.0.0.0/8] }
        """
            .formatted(receiver.url("/" + name), processing));
  }

  private void write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<Arrival> arrivals(String recipient) {
    return java.util.Objects.requireNonNull(arrivals.get(recipient));
  }

  /** Starts it, and waits until it streams. */
  void start() throws Exception {
    Flow built =
        Wiring.flow(
            new RunCommand.Options(
                directory.resolve("connector-config"),
                directory.resolve("jslt-templates"),
                Optional.of(directory.resolve("journal.db")),
                false,
                false,
                RunCommand.Role.all),
            Map.of(),
            Observers.NONE);
    flow = built;
    built.start();
    built.listen();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!(built.capture() instanceof CaptureState.Streaming)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("does not stream: " + built.capture());
      }
      Thread.sleep(5);
    }
  }

  /** Waits until all up to a place in the log is journaled, so that nothing more is read for it. */
  void awaitJournaled(String lsn) throws InterruptedException {
    Flow running = java.util.Objects.requireNonNull(flow);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (running.journal().watermark().compareTo(Position.parse(lsn)) < 0
        && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
  }

  /** What {@code rowhook audit} finds, once nothing changes any more. */
  JsonNode audit(String recipient) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    new CommandLine(new AuditCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(
            recipient,
            "--wait",
            "--json",
            "--limit",
            "1000",
            "--journal",
            directory.resolve("journal.db").toString());
    if (!err.toString().isEmpty()) {
      throw new IllegalStateException(err.toString());
    }
    return io.rowhook.base.Json.MAPPER.readTree(out.toString());
  }

  String state() {
    Flow running = flow;
    return running == null ? "stopped" : String.valueOf(running.capture());
  }

  void stop() {
    Flow running = flow;
    flow = null;
    if (running != null) {
      running.close();
    }
  }

  List<Arrival> arrived(String recipient) {
    List<Arrival> arrived = arrivals(recipient);
    synchronized (arrived) {
      return List.copyOf(arrived);
    }
  }

  /** Waits for a text in what both have got; false if it does not come. */
  boolean await(String text, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (String recipient : List.of("inturn", "atonce")) {
      int seen = 0;
      boolean found = false;
      while (!found) {
        List<Arrival> arrived = arrived(recipient);
        found =
            arrived.subList(seen, arrived.size()).stream().anyMatch(a -> a.body().contains(text));
        seen = arrived.size();
        if (!found) {
          if (System.nanoTime() > deadline) {
            return false;
          }
          Thread.sleep(3);
        }
      }
    }
    return true;
  }

  @Override
  public void close() {
    stop();
    receivers.forEach(Receiver::close);
  }
}
