package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.Transaction;
import io.rowhook.story.Stage;
import io.rowhook.testing.MovingAddress;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes to a stop without a word is said within half a minute, and over once it goes on. */
@Tag("slow")
@Tag("feature-50")
class StallsTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private WatchedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}\nbacklog: { bytes: 1MB }");
    service = new WatchedService(stage, source);
  }

  @AfterEach
  void strike() {
    service.close();
    stage.close();
  }

  @Test
  void aSilentConnection() {
    try (MovingAddress address = new MovingAddress(source.port())) {
      stage.write(
          "connector-config/source.properties",
          """
          database.hostname=127.0.0.1
          database.port=%d
          database.user=%s
          database.password=%s
          database.dbname=%s
          """
              .formatted(address.port(), source.user(), source.password(), source.database()));
      service.start(Observers.NONE);
      service.awaitAll(State.ok);
      address.swallow();
      service.await(Kind.capture, State.degraded, "nothing has come from the source for 2");
      service.await(Kind.capture, State.failing, "not even a heartbeat");
      assertThat(service.report().ready()).isFalse();
      assertThat(service.report().live()).isTrue();
      address.letThrough();
      service.awaitAll(State.ok);
      service.close();
    }
  }

  @Test
  void anEngineThatIsStuck() {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean stick = new AtomicBoolean();
    service.start(
        new Observers(
            new CaptureListener() {
              @Override
              public void committed(Transaction last) {
                try {
                  if (stick.get()) {
                    goOn.await();
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            },
            Observers.NONE.webhook()));
    service.awaitAll(State.ok);
    stick.set(true);
    service.insert(1);
    try {
      service.await(Kind.capture, State.failing, "it has not got on with what it has read for");
      assertThat(service.report().ready()).isFalse();
      assertThat(service.status()).isEqualTo(1);
    } finally {
      goOn.countDown();
    }
    service.awaitAll(State.ok);
  }

  @Test
  void aJournalThatIsFrozenFreezesNobodyWhoAsks() throws Exception {
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    CountDownLatch thaw = new CountDownLatch(1);
    Thread frozen =
        Thread.ofVirtual()
            .start(() -> {
              try {
                service
                    .flow()
                    .journal()
                    .write(_ -> {
                      try {
                        thaw.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                      return true;
                    });
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    service.insert(1);
    try {
      service.await(Kind.journal, State.failing, "its writer has been at one commit for");
      long begin = System.nanoTime();
      HealthReport report = service.report();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
      assertThat(report.ready()).isFalse();
      assertThat(service.status()).isEqualTo(1);
    } finally {
      thaw.countDown();
    }
    frozen.join();
    service.awaitAll(State.ok);
    stage.await("shop", 1);
  }

  @Test
  void aBacklogNearItsLimit() {
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    service.run("pause", "shop");
    service.insertLarge(1, 900_000);
    service.await(Kind.backlog, State.degraded, "% of what may wait for it: mend the recipient");
    service.run("resume", "shop");
    service.awaitAll(State.ok);
  }
}
