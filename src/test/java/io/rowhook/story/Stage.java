package io.rowhook.story;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.Flow;
import io.rowhook.Observers;
import io.rowhook.Wiring;
import io.rowhook.admin.RunCommand;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.Position;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.JournalUnderTest;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a story or a test of the whole flow plays: settings on disk, a receiver for each recipient,
 * and the product wired as in production, in this process, on a real PostgreSQL.
 */
public final class Stage implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** An edit has to be seen first, and the source to be asked. */
  private static final Duration EDIT_LIMIT = Duration.ofSeconds(40);

  private final SourceDatabase source;
  private final Path directory;
  private final Map<String, TestReceiver> receivers = new TreeMap<>();
  private final Map<String, List<ReceivedRequest>> inboxes =
      new HashMap<>(); // lists guarded by themselves
  private final Map<String, String> env = new HashMap<>();
  private @Nullable Flow flow;

  public Stage(SourceDatabase source, Path directory) {
    this.source = source;
    this.directory = directory;
    source.connectorProperties().forEach((key, value) -> env.put(key, value));
    login(source.user(), source.password());
    write(
        "connector-config/entities.yaml",
        """
        Article: { table: public.article }
        Customer: { table: crm.customer }
        Order: { table: sales.sales_order }
        """);
    write("jslt-templates/.keep", "");
    write("connector-config/recipients/.keep", "");
  }

  /** Logs in as this role; the server trusts the loopback. */
  public Stage user(String role) {
    return login(role, source.password());
  }

  /** Logs in so; the password may be a reference. */
  public Stage login(String role, String password) {
    return write(
        "connector-config/source.properties",
        """
        database.hostname=%s
        database.port=%d
        database.user=%s
        database.password=%s
        database.dbname=%s
        """
            .formatted(source.host(), source.port(), role, password, source.database()));
  }

  /** Drops what an earlier stage has left in the source. */
  public Stage empty() {
    source.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active",
        "DROP PUBLICATION IF EXISTS rowhook",
        "DROP TABLE IF EXISTS public.article",
        "DROP TABLE IF EXISTS public.uncaptured",
        "DROP SCHEMA IF EXISTS crm CASCADE",
        "DROP SCHEMA IF EXISTS sales CASCADE",
        "DROP SCHEMA IF EXISTS accounting CASCADE");
    return this;
  }

  /** Makes the demo's tables anew, in an empty source. */
  public Stage tables() {
    empty();
    source.execute(DemoTables.STATEMENTS);
    return this;
  }

  /** Starts a receiver; its address is {@code ${env:<NAME>_URL}} in the settings. */
  public Stage receiver(String name, TestReceiver.Settings settings) {
    List<ReceivedRequest> inbox = inboxes.computeIfAbsent(name, _ -> new ArrayList<>());
    try {
      TestReceiver receiver =
          new TestReceiver(
              settings,
              request -> {
                synchronized (inbox) {
                  inbox.add(request);
                }
              });
      receivers.put(name, receiver);
      env.put(name.toUpperCase(Locale.ROOT) + "_URL", receiver.uri() + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Stops a receiver; nothing listens there then. Returns its port. */
  public int silence(String name) {
    TestReceiver receiver = receivers.remove(name);
    if (receiver == null) {
      throw new IllegalArgumentException("no receiver " + name);
    }
    int port = receiver.port();
    receiver.close();
    return port;
  }

  /** Writes a file below the stage's directory. */
  public Stage write(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Writes a recipient's file; plain HTTP to the loopback is allowed. */
  public Stage recipient(String name, String yaml) {
    return write(
        "connector-config/recipients/" + name + ".yaml",
        "allow: { http: true, networks: [127.0.0.0/8] }\n" + yaml);
  }

  public Stage env(String name, String value) {
    env.put(name, value);
    return this;
  }

  public Map<String, String> env() {
    return Map.copyOf(env);
  }

  public Path directory() {
    return directory;
  }

  public Path journalFile() {
    return directory.resolve("journal.db");
  }

  public RunCommand.Options options() {
    return new RunCommand.Options(
        directory.resolve("connector-config"),
        directory.resolve("jslt-templates"),
        Optional.of(journalFile()),
        false,
        false,
        RunCommand.Role.all);
  }

  /** Starts the product and waits until the source sends. */
  public Stage start() {
    Flow built = begin().flow();
    try {
      Eventually.within(
          LIMIT, "capture is streaming", () -> built.capture() instanceof CaptureState.Streaming);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + built.capture(), e);
    }
    return this;
  }

  /** Starts the product, and waits for nothing: another instance may be the one that captures. */
  public Stage begin() {
    JournalUnderTest.configure(directory.resolve("connector-config"), journalFile());
    try {
      Flow built = Wiring.flow(options(), env, Observers.NONE);
      flow = built;
      built.start();
      built.listen();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  public Flow flow() {
    Flow running = flow;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  /** Stops the product; receivers and the source stay. */
  public void stop() {
    if (flow != null) {
      flow.close();
      flow = null;
    }
  }

  /** What a recipient has got so far. */
  public List<ReceivedRequest> inbox(String name) {
    List<ReceivedRequest> inbox = inboxes.computeIfAbsent(name, _ -> new ArrayList<>());
    synchronized (inbox) {
      return List.copyOf(inbox);
    }
  }

  /** Waits until a recipient has got so many. */
  public List<ReceivedRequest> await(String name, int count) {
    Eventually.within(
        LIMIT, name + " has got " + count + " webhooks", () -> inbox(name).size() >= count);
    return inbox(name);
  }

  /** Waits until a recipient has heard of each of these entities, and of no other. */
  public void awaitEntities(String name, String... ids) {
    Eventually.within(
        LIMIT,
        name + " has heard of " + List.of(ids),
        () ->
            inbox(name).stream()
                .map(request -> String.valueOf(request.header("Rowhook-Entity-Id")))
                .collect(Collectors.toSet())
                .equals(Set.of(ids)));
  }

  /** Waits until one of the problems said has this in it. */
  void awaitProblem(String part) {
    Eventually.within(
        EDIT_LIMIT,
        "a problem with " + part,
        () -> flow().problems().stream().anyMatch(problem -> problem.contains(part)));
  }

  void awaitNoProblem() {
    Eventually.within(EDIT_LIMIT, "no problem is left", () -> flow().problems().isEmpty());
  }

  /** Waits until everything committed in the source so far is journaled. */
  public void awaitJournaled() {
    source.execute("SELECT pg_logical_emit_message(true, 'rowhook', '')");
    Position now = Position.parse(String.valueOf(source.query("SELECT pg_current_wal_lsn()")));
    Flow running = flow();
    Eventually.within(
        LIMIT,
        "everything up to " + now + " is journaled",
        () -> now.compareTo(running.journal().watermark()) <= 0);
  }

  /** Waits until everything committed in the source so far is journaled and settled. */
  public void awaitIdle() {
    awaitJournaled();
    Flow running = flow();
    Eventually.within(
        LIMIT,
        "everything is settled",
        () ->
            running.dispatchers().stream()
                .allMatch(dispatcher ->
                    dispatcher.cursor() == running.journal().head() && dispatcher.inFlight() == 0));
  }

  /** The body as JSON. */
  public static JsonNode json(ReceivedRequest request) {
    try {
      return Json.MAPPER.readTree(request.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
    receivers.values().forEach(TestReceiver::close);
  }
}
