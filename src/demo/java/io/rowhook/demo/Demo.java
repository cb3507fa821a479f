package io.rowhook.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Sets the stage, has the {@link Story} told, and ends with exit status 0 only if each recipient
 * got exactly what it was to get, all of it verified. With {@code -Dstay} it then stays, for a
 * person to type SQL.
 */
final class Demo {

  private static final Path CONFIG = Path.of("connector-config");
  private static final Path TEMPLATES = Path.of("jslt-templates");
  private static final Duration STARTED_WITHIN = Duration.ofMinutes(3);
  private static final Duration ARRIVED_WITHIN = Duration.ofSeconds(30);

  /** How long nothing must come before we believe that nothing will. */
  private static final Duration QUIET = Duration.ofMillis(1500);

  private static final int LINES_OF_A_FAILURE = 60;

  private final Screen screen = new Screen();
  private final Totals totals = new Totals();
  private final Inbox inbox = new Inbox();
  private final AtomicBoolean ending = new AtomicBoolean(); // set when the process is told to end

  private Demo() {}

  public static void main(String[] arguments) {
    System.exit(new Demo().run(Boolean.getBoolean("stay")) ? 0 : 1);
  }

  private boolean run(boolean stay) {
    long start = System.nanoTime();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ending.set(true)));
    screen.title("Rowhook: an UPDATE in the ERP's database becomes a webhook");
    try (SourceDatabase source = SourceDatabase.start();
        Recipients recipients = new Recipients(inbox);
        TemporaryDirectory temporary = new TemporaryDirectory()) {
      String password = HexFormat.of().formatHex(Recipients.random(12));
      Erp.create(source, password);
      introduce(source, recipients);
      try (RowhookProcess rowhook = start(source, password, recipients, temporary.path())) {
        try {
          tell(source, rowhook);
          if (stay) {
            stay(source, rowhook, journal(temporary.path()));
          }
        } catch (SQLException | AssertionError e) {
          totals.problem(firstLine(e));
        }
        stop(rowhook);
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      totals.problem(firstLine(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      totals.problem("interrupted");
    }
    return conclude(Duration.ofNanos(System.nanoTime() - start));
  }

  private void introduce(SourceDatabase source, Recipients recipients) {
    screen.field(
        "source",
        "PostgreSQL %s at %s:%d, database %s, with %d rows; Rowhook reads as user %s"
            .formatted(
                source.query("SHOW server_version"),
                source.host(),
                source.port(),
                source.database(),
                Erp.OLD_ROWS,
                Erp.USER));
    screen.field(Recipients.SHOP, recipients.shopUrl() + "  everything, signed with a secret");
    screen.field(Recipients.STOCK, recipients.stockUrl() + "  which article, no authentication");
    screen.field(
        Recipients.MAILING,
        recipients.mailingUrl() + "  customers, by its own template, with a password");
    screen.field("settings", CONFIG + "/ and " + TEMPLATES + "/ of this repository");
  }

  private RowhookProcess start(
      SourceDatabase source, String password, Recipients recipients, Path temporary) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(CONFIG, TEMPLATES, journal(temporary))
            .env("PGHOST", source.host())
            .env("PGPORT", Integer.toString(source.port()))
            .env("PGDATABASE", source.database())
            .env("PGUSER", Erp.USER)
            .env("PGPASSWORD", password);
    recipients.environment().forEach(setup::env);
    return setup.start();
  }

  private void tell(SourceDatabase source, RowhookProcess rowhook)
      throws SQLException, InterruptedException {
    long start = System.nanoTime();
    rowhook.awaitLine(STARTED_WITHIN, "Streaming from slot");
    screen.say(
        "  Rowhook has started and is streaming, after %.1f s."
            .formatted((System.nanoTime() - start) / 1e9));
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      int number = 0;
      for (Step step : Story.steps()) {
        number++;
        screen.title(number + ". " + step.title());
        play(step, statement, rowhook);
      }
    }
    List<Arrival> late = inbox.quiet(QUIET);
    if (!late.isEmpty()) {
      screen.title("Then came, although nobody expected anything more:");
      screen.arrivals(late);
      totals.add(new Step("after the story"), late);
    }
  }

  private void play(Step step, Statement statement, RowhookProcess rowhook)
      throws SQLException, InterruptedException {
    for (String sql : step.sql()) {
      screen.sql(List.of(sql));
      statement.execute(sql);
    }
    await(step, rowhook);
    List<Arrival> arrived = inbox.take();
    if (arrived.isEmpty() && step.expected().isEmpty()) {
      screen.nothing();
    }
    screen.arrivals(arrived);
    totals.add(step, arrived).forEach(screen::problem);
    for (Step.Check check : step.checks()) {
      List<JsonNode> bodies =
          arrived.stream()
              .filter(arrival -> arrival.recipient().equals(check.recipient()))
              .map(Arrival::body)
              .toList();
      boolean holds = !bodies.isEmpty() && check.holds().test(bodies);
      screen.check(check.words(), holds);
      if (!holds) {
        totals.problem("'%s': not so: %s".formatted(step.title(), check.words()));
      }
    }
  }

  /** Until all that is expected is there; or, where nothing is, until nothing came for a while. */
  private void await(Step step, RowhookProcess rowhook) throws InterruptedException {
    Map<Step.Awaited, Integer> expected = step.expected();
    if (expected.isEmpty()) {
      inbox.awaitAny(QUIET);
      return;
    }
    long deadline = System.nanoTime() + ARRIVED_WITHIN.toNanos();
    while (!inbox.await(expected, Duration.ofMillis(200)) && System.nanoTime() < deadline) {
      if (!rowhook.isAlive()) {
        throw new AssertionError("Rowhook has ended in the middle of the story");
      }
    }
  }

  /** Shows what arrives until Ctrl-C, or until Rowhook ends. */
  private static Path journal(Path temporary) {
    return temporary.resolve("journal.db");
  }

  private void stay(SourceDatabase source, RowhookProcess rowhook, Path journal)
      throws InterruptedException, IOException {
    screen.table(totals);
    screen.title("Now you. Type SQL in another window:");
    screen.say(
        "    psql -h %s -p %d -U %s %s"
            .formatted(source.host(), source.port(), source.user(), source.database()));
    screen.say("The page is here; what you edit there is written to connector-config:");
    screen.say("    " + EndpointFile.read(EndpointFile.beside(journal)).page());
    screen.say("Webhooks appear here. Ctrl-C ends it all and leaves nothing behind.");
    screen.say("");
    while (rowhook.isAlive()) {
      if (inbox.awaitAny(Duration.ofSeconds(1))) {
        screen.arrivals(inbox.take());
      }
    }
    throw new AssertionError("Rowhook has ended");
  }

  private void stop(RowhookProcess rowhook) throws InterruptedException {
    if (ending.get()) {
      Thread.currentThread()
          .join(); // Ctrl-C: all that was started ends by itself, and this with it
    }
    if (rowhook.isAlive()) {
      int status = rowhook.stop();
      if (status != 0) {
        totals.problem("Rowhook's exit status after SIGTERM is " + status + ", not 0");
      }
    }
    if (!totals.problems().isEmpty()) {
      screen.title("Rowhook's own output, its last lines:");
      List<String> lines = rowhook.output().lines().toList();
      lines.stream()
          .skip(Math.max(0, lines.size() - LINES_OF_A_FAILURE))
          .forEach(line -> screen.say("    " + line));
    }
  }

  /** Without the output that some failures bring along: that is shown by itself. */
  private static String firstLine(Throwable failure) {
    String message = failure.getMessage() != null ? failure.getMessage() : failure.toString();
    return message.lines().findFirst().orElse("");
  }

  private boolean conclude(Duration took) {
    screen.table(totals);
    List<String> problems = totals.problems();
    if (inbox.repeated() > 0) {
      screen.say(
          "%d times an answer took too long, and the webhook came again under its id."
              .formatted(inbox.repeated()));
    }
    if (problems.isEmpty()) {
      screen.say(
          "Everything that was expected arrived, nothing else did, all of it verified. %.0f s in all."
              .formatted(took.toMillis() / 1e3));
    } else {
      screen.say("This went wrong:");
      problems.forEach(screen::problem);
    }
    return problems.isEmpty();
  }

  /** For the journal; gone when the demo is, however it ends. */
  private record TemporaryDirectory(Path path, Thread atExit) implements AutoCloseable {

    TemporaryDirectory() throws IOException {
      this(Files.createTempDirectory("rowhook-demo"));
    }

    private TemporaryDirectory(Path path) {
      this(path, new Thread(() -> delete(path)));
      Runtime.getRuntime().addShutdownHook(atExit);
    }

    @Override
    public void close() {
      Runtime.getRuntime().removeShutdownHook(atExit);
      delete(path);
    }

    private static void delete(Path directory) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
