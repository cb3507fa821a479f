package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.capture.CaptureState;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/**
 * An ERP of one case: a database of its own on a server that all cases share, the settings, the
 * product in this process, and one recipient, {@code all}, that gets every event in order.
 */
final class Erp implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(30);

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final SourceDatabase source;
  private final Stage stage;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> alarms = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
            log.add(event.getFormattedMessage());
          }
          if (event.getLevel() == Level.ERROR || event.getThrowableProxy() != null) {
            alarms.add(event.getLoggerName() + ": " + event.getFormattedMessage());
          }
        }
      };
  private int read;
  private int heard;

  Erp(Path directory, String... sql) {
    this(Server.SOURCE.another(name()), directory, sql);
  }

  private Erp(SourceDatabase database, Path directory, String... sql) {
    source = database;
    stage = new Stage(source, directory).receiver("all", TestReceiver.Settings.DEFAULT);
    stage.recipient("all", "url: ${env:ALL_URL}\nprocessing: sequential\n");
    appender.start();
    root().addAppender(appender);
    sql(sql);
  }

  /** Its database has this encoding. */
  static Erp encoded(Path directory, String encoding, String... sql) {
    return new Erp(Server.SOURCE.another(name(), encoding), directory, sql);
  }

  /** Orders with lines. */
  static Erp orders(Path directory) {
    return new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY, note text)",
            "CREATE TABLE line (id serial PRIMARY KEY, ord int, qty int)",
            "CREATE INDEX ON line (ord)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL")
        .entities(
            "Order: { table: ord, contains: { lines: { table: line, key: ord, order-by: id } } }");
  }

  private static String name() {
    return "erp" + NUMBER.incrementAndGet();
  }

  /** Started with the first case; it stops with this process. */
  private static final class Server {
    static final SourceDatabase SOURCE = SourceDatabase.start();
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  SourceDatabase source() {
    return source;
  }

  Stage stage() {
    return stage;
  }

  Erp sql(String... statements) {
    source.execute(statements);
    return this;
  }

  Erp entities(String yaml) {
    stage.write("connector-config/entities.yaml", yaml);
    return this;
  }

  /** Takes the place of {@code source.properties}; {@code more} are further lines. */
  Erp connect(String user, String... more) {
    return connectTo(source.host(), user, more);
  }

  Erp connectTo(String host, String user, String... more) {
    String lines =
        """
        database.hostname=%s
        database.port=%d
        database.user=%s
        database.password=secret
        database.dbname=%s
        """
            .formatted(host, source.port(), user, source.database());
    stage.write("connector-config/source.properties", lines + String.join("\n", more) + "\n");
    return this;
  }

  /** A role that may capture and owns nothing. The server's roles are one for all cases. */
  String role(String... settings) {
    String role = "role" + NUMBER.incrementAndGet();
    sql("CREATE ROLE " + role + " LOGIN REPLICATION");
    sql("GRANT CREATE ON DATABASE " + source.database() + " TO " + role);
    for (String setting : settings) {
      sql("ALTER ROLE " + role + " SET " + setting);
    }
    return role;
  }

  Erp start() {
    stage.start();
    return this;
  }

  /** Starts it, which must fail. Returns what it says. */
  String refused() {
    try {
      stage.start();
    } catch (IllegalStateException e) {
      return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
    throw new AssertionError("it starts, as if nothing were wrong");
  }

  boolean streams() {
    return stage.flow().capture() instanceof CaptureState.Streaming;
  }

  /** Waits for the next event. */
  JsonNode next() {
    return next("");
  }

  /** Waits for the next event of an entity type; those of others in between are passed over. */
  JsonNode next(String entity) {
    while (true) {
      JsonNode event;
      try {
        event = Stage.json(stage.await("all", read + 1).get(read));
      } catch (AssertionError e) {
        throw new AssertionError("no further event of " + entity + "; it says:\n" + words(), e);
      }
      read++;
      if (entity.isEmpty() || entity.equals(event.path("entityType").asText())) {
        return event;
      }
    }
  }

  /** Waits for the next event of this type, event and id: {@code Order Updated 7}. */
  JsonNode await(String what) {
    JsonNode event = next(what.substring(0, what.indexOf(' ')));
    assertThat(name(event)).isEqualTo(what);
    return event;
  }

  static String name(JsonNode event) {
    JsonNode id = event.path("entityId");
    return event.path("entityType").asText()
        + " "
        + event.path("event").asText()
        + " "
        + (id.isTextual() ? id.asText() : id.toString());
  }

  /** Everything that came until the source is quiet, from where {@link #next} stopped. */
  List<JsonNode> rest() {
    stage.awaitIdle();
    List<ReceivedRequest> all = stage.inbox("all");
    List<JsonNode> rest = all.subList(read, all.size()).stream().map(Stage::json).toList();
    read = all.size();
    return rest;
  }

  /** All bodies so far, as text. */
  String everything() {
    return String.join("\n", stage.inbox("all").stream().map(ReceivedRequest::text).toList());
  }

  /** What was said so far does not count for {@link #said} any more. */
  Erp listen() {
    heard = log.size();
    return this;
  }

  /** Waits until something is logged that has all these words, in any case. */
  String said(String... words) {
    return Eventually.until(
        SOON,
        "it says " + Arrays.toString(words) + "; it said:\n" + words(),
        () ->
            log.stream()
                .skip(heard)
                .filter(line ->
                    Arrays.stream(words)
                        .allMatch(word ->
                            line.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT))))
                .findFirst()
                .orElse(null));
  }

  /** All that is logged. */
  String words() {
    return String.join("\n", log);
  }

  /** What is logged as an error, or with a stack trace. */
  List<String> alarms() {
    return alarms;
  }

  /** {@code rowhook status}. */
  String status() {
    try (RowhookProcess status =
        RowhookProcess.command("status", "--journal", stage.journalFile().toString()).start()) {
      status.exitCode(SOON);
      return status.output();
    }
  }

  /** Repeats SQL until an event comes whose text has these words. */
  JsonNode until(String sql, String... words) {
    return Eventually.until(
        SOON,
        "an event has " + Arrays.toString(words) + "; it said:\n" + words(),
        () -> {
          sql(sql);
          return stage.inbox("all").stream()
              .filter(one -> Arrays.stream(words).allMatch(word -> one.text().contains(word)))
              .findFirst()
              .map(Stage::json)
              .orElse(null);
        });
  }

  /** Text with {@code '} in place of {@code "}, written as all JSON is. */
  static String json(String text) {
    try {
      return Json.MAPPER.readTree(text.replace('\'', '"')).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static void assertJson(JsonNode actual, String expected) {
    assertThat(actual.toString()).isEqualTo(json(expected));
  }

  @Override
  public void close() {
    stage.close();
    root().detachAppender(appender);
    source.drop();
    try {
      Files.deleteIfExists(stage.journalFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
