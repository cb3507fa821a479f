package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.journal.SuccessorLock;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Ports;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever cannot take over says why, and leaves the one that runs as it is. */
@Tag("feature-61")
class HandOverRefusalsTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  @AutoClose private Stage stage;
  private RowhookProcess running;
  private int articles;

  @BeforeEach
  void start() {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}");
    running = next().start();
    running.awaitLine(LIMIT, "started in");
  }

  @AfterEach
  void stop() {
    running.close();
  }

  /** The one that runs has to hear of it all, to the end. */
  private void goesOn() {
    source.execute("INSERT INTO article VALUES (%d, 'A', 'New', 1, 0)".formatted(++articles));
    stage.await("shop", articles);
    assertThat(running.isAlive()).isTrue();
    assertThat(running.output()).doesNotContain("stopping");
  }

  private RowhookProcess.Setup next() {
    return Instances.of(stage, "journal").sharing(directory);
  }

  private static String refused(RowhookProcess.Setup setup) {
    try (RowhookProcess next = setup.with("--take-over").start()) {
      assertThat(next.exitCode(LIMIT)).as(next.output()).isEqualTo(1);
      return next.output();
    }
  }

  @Test
  void wrongSettingsAndMissingTables() throws Exception {
    Path other = directory.resolve("other");
    copy(stage.options().config(), other);
    Files.writeString(other.resolve("entities.yaml"), "Article: { table: public.artikle }\n");
    Path journal = directory.resolve("journal.db");
    assertThat(refused(Instances.of(stage, other, journal).sharing(directory)))
        .contains("rowhook run: ", "public.artikle");
    Files.writeString(other.resolve("entities.yaml"), "Article: { tabel: public.article }\n");
    assertThat(refused(Instances.of(stage, other, journal).sharing(directory)))
        .contains("rowhook run: ", "tabel");
    goesOn();
  }

  @Test
  void oneThatHangs() throws Exception {
    goesOn();
    Instances.freeze(running);
    assertThat(refused(next()))
        .contains(
            "rowhook run: the Rowhook that runs, process %d, does not answer within 5 seconds. It keeps journal and slot; look at it with rowhook status, or stop it, and start this one without --take-over"
                .formatted(running.pid()));
    Instances.thaw(running);
    goesOn(); // also what it was asked meanwhile ends it no more
  }

  @Test
  void anotherOneThatTakesOver() throws Exception {
    try (SuccessorLock _ = SuccessorLock.take(directory.resolve("journal.db"))) {
      assertThat(refused(next()))
          .contains("another Rowhook is about to take it over", "journal.db.next.lock says which");
    }
    goesOn();
  }

  @Test
  void whereNoneRunsItIsAStartLikeAnyOther() {
    goesOn();
    assertThat(running.stop()).isZero();
    running.close();
    running = next().with("--take-over").start();
    running.awaitLine(LIMIT, "nothing has to be taken over");
    running.awaitLine(LIMIT, "started in");
    goesOn();
  }

  @Test
  void whereThereIsNoJournalYetItIsAStartLikeAnyOther() {
    assertThat(running.stop()).isZero();
    running.close();
    stage.tables();
    articles = 0;
    Path journal = directory.resolve("rowhook-data").resolve("journal.db");
    running =
        Instances.of(stage, stage.options().config(), journal)
            .sharing(directory)
            .with("--take-over")
            .start();
    running.awaitLine(LIMIT, "no Rowhook runs on journal " + journal + ": nothing has to be");
    running.awaitLine(LIMIT, "started in");
    goesOn();
  }

  @Test
  void oneThatIsStoppedWhileItWarmsUp() {
    goesOn();
    try (RowhookProcess next = next().with("--take-over").start()) {
      Eventually.within(
          LIMIT,
          "it warms up",
          () -> Files.exists(directory.resolve("journal.db.warm-up").resolve("journal.db")));
      assertThat(next.stop()).as(next.output()).isZero();
      assertThat(next.output())
          .contains("stopping before it has started")
          .doesNotContain("asked to let go", "not warmed up", "ERROR");
    }
    assertThat(directory.resolve("journal.db.warm-up")).doesNotExist();
    goesOn();
  }

  @Test
  void anAdminAddressThatSomethingElseHas() throws Exception {
    goesOn();
    Path other = directory.resolve("other");
    copy(stage.options().config(), other);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(other.resolve("rowhook.yaml"), admin(taken.getLocalPort()));
      assertThat(refused(Instances.of(stage, other, stage.journalFile()).sharing(directory)))
          .contains(
              "rowhook run: the admin API cannot listen at http://127.0.0.1:%d (admin.address): "
                  .formatted(taken.getLocalPort()),
              "Give it another address in rowhook.yaml, or end what has this one");
    }
    goesOn();
  }

  @Test
  void theAdminAddressOfTheOneThatRunsIsNone() throws Exception {
    goesOn();
    assertThat(running.stop()).isZero();
    running.close();
    stage.write("connector-config/rowhook.yaml", admin(Ports.free()));
    running = next().start();
    running.awaitLine(LIMIT, "started in");
    try (RowhookProcess old = running) {
      running = next().with("--take-over").start();
      running.awaitLine(LIMIT, "the admin API listens at");
      assertThat(old.exitCode(LIMIT)).isZero();
    }
    goesOn();
  }

  private static String admin(int port) {
    return "admin: { address: '127.0.0.1:%d', tokens: { read: %s } }\n"
        .formatted(port, "r".repeat(32));
  }

  @Test
  void settingsOfAnotherSource() throws Exception {
    goesOn();
    assertThat(refusedWith("slot.name=other"))
        .contains(
            "source.properties: slot.name is 'other', but the journal belongs to replication slot 'rowhook', from which the Rowhook on it captures. Write slot.name=rowhook; or, for another slot, name another journal")
        .doesNotContain("--accept-gap");
    assertThat(refusedWith("publication.name=other"))
        .contains("publication.name is 'other', but there is no such publication in database");
    assertThat(refusedWith("database.dbname=template1"))
        .contains(
            "database.dbname is 'template1', but the journal belongs to replication slot 'rowhook' of database '%s'. Write database.dbname="
                .formatted(source.database()));
    goesOn();
  }

  /** What it says with settings of which one line of the source is another one. */
  private String refusedWith(String line) throws IOException {
    Path config = stage.options().config();
    Path other = directory.resolve("with " + line);
    copy(config, other);
    String key = line.substring(0, line.indexOf('=') + 1);
    try (var lines = Files.lines(config.resolve("source.properties"))) {
      Files.write(
          other.resolve("source.properties"),
          Stream.concat(lines.filter(one -> !one.startsWith(key)), Stream.of(line)).toList());
    }
    return refused(Instances.of(stage, other, stage.journalFile()).sharing(directory));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      files.forEach(file -> {
        try {
          Files.copy(file, to.resolve(from.relativize(file)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }
}
