package io.rowhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.health.Part;
import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.base.Json;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A running service whose health is asked for. */
final class WatchedService implements AutoCloseable {

  /** Whatever is planted has to be seen by then. */
  private static final Duration SEEN = Duration.ofSeconds(30);

  private final Stage stage;
  private final SourceDatabase source;
  private final StringWriter out = new StringWriter();
  private @Nullable Flow flow;

  WatchedService(Stage stage, SourceDatabase source) {
    this.stage = stage;
    this.source = source;
  }

  void start(Observers observers) {
    try {
      Flow built = Wiring.flow(stage.options(), stage.env(), observers);
      flow = built;
      built.start();
      built.listen();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  Flow flow() {
    Flow running = flow;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  HealthReport report() {
    return flow().health();
  }

  /** Waits until a part is so, and says this. */
  void await(Kind kind, State state, String words) {
    Eventually.within(
        SEEN,
        () -> "%s is %s, with '%s': %s".formatted(kind, state, words, report().json()),
        () -> has(kind, state, words));
  }

  private boolean has(Kind kind, State state, String words) {
    return report().parts().stream()
        .filter(part -> part.kind() == kind)
        .anyMatch(part -> part.state() == state && part.reason().contains(words));
  }

  /** Waits until all parts are so. */
  void awaitAll(State state) {
    Eventually.within(
        SEEN,
        () -> "all is " + state + ": " + report().json(),
        () -> report().parts().stream().map(Part::state).allMatch(state::equals));
  }

  void awaitUntil(String what, Callable<Boolean> condition) {
    Eventually.within(SEEN, what, condition);
  }

  /** Of the journal's writer. */
  void pragma(String pragma) throws InterruptedException {
    flow()
        .journal()
        .write(sql -> {
          sql.script("PRAGMA " + pragma);
          return true;
        });
  }

  void insert(int id) {
    source.execute(
        "INSERT INTO article VALUES (%d, 'A', 'One', 1.00, 0) ON CONFLICT (id) DO UPDATE SET stock = article.stock + 1"
            .formatted(id));
  }

  /** One whose name has so many characters. */
  void insertLarge(int id, int length) {
    source.execute(
        "INSERT INTO article VALUES (%d, 'A', repeat('x', %d), 1.00, 0)".formatted(id, length));
  }

  int status() {
    return run("status");
  }

  /** Runs a command on the running service; its exit status. */
  int run(String... arguments) {
    out.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--journal", stage.journalFile().toString()));
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(all.toArray(String[]::new));
  }

  JsonNode json(String command) {
    run(command, "--json");
    try {
      return Json.MAPPER.readTree(out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the last command printed. */
  String out() {
    return out.toString();
  }

  @Override
  public void close() {
    if (flow != null) {
      flow.close();
      flow = null;
    }
  }
}
