package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.MovingAddress;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The primary is lost, its standby is promoted and takes its address over, while the product runs:
 * it goes on by itself if the standby has everything, and stops if it has not.
 */
@Tag("slow")
@ParameterizedClass
@MethodSource("versions")
class PromotionTest {

  /** The directory with the jar of an older version's binaries; {@code -Pslow} has them. */
  private static final String OLDER = "rowhook.test.postgres.older";

  private static final String FAILED_OVER =
      "the source failed over from timeline 1 to 2; nothing is missing";
  private static final String STOPPED = "capture has stopped";

  /** Orders that the test commits one by one are below. */
  private static final int FIRST_OF_MANY = 1000;

  private static final int MANY = 3000;

  /** How the primary goes. */
  enum End {
    CLEAN {
      @Override
      void of(SourceDatabase primary) {
        primary.stop();
      }
    },
    HARD {
      @Override
      void of(SourceDatabase primary) {
        primary.crash();
      }
    };

    abstract void of(SourceDatabase primary);
  }

  private final Version version;
  @TempDir Path directory;
  private Bench bench;
  private SourceDatabase primary;
  private SourceDatabase standby;
  private MovingAddress address;

  /**
   * A PostgreSQL that has failover slots.
   *
   * @param binaries their jar; empty: those of all other tests
   */
  record Version(String name, Optional<Path> binaries) {
    @Override
    public String toString() {
      return name;
    }
  }

  PromotionTest(Version version) {
    this.version = version;
  }

  static List<Version> versions() throws IOException {
    List<Version> versions = new ArrayList<>();
    versions.add(new Version("current", Optional.empty()));
    String older = System.getProperty(OLDER, "");
    if (!older.isEmpty()) {
      String machine = System.getProperty("os.arch").equals("amd64") ? "amd64" : "arm64v8";
      try (Stream<Path> jars = Files.list(Path.of(older))) {
        jars.filter(jar -> jar.toString().contains("linux-" + machine))
            .forEach(jar -> versions.add(new Version("older", Optional.of(jar))));
      }
      assertThat(versions).as("PostgreSQLs, one of them in " + older).hasSize(2);
    }
    return versions;
  }

  @BeforeEach
  void flow() throws Exception {
    primary =
        Bench.source(
            version.binaries().isPresent()
                ? SourceDatabase.start(version.binaries().get())
                : SourceDatabase.start());
    System.out.println("PromotionTest on PostgreSQL " + primary.query("SHOW server_version"));
    standby = primary.standby();
    address = new MovingAddress(primary.port());
    bench = Bench.of(directory, primary);
    bench.configure(primary, address.port());
  }

  @AfterEach
  void close() {
    bench.close();
    address.close();
    standby.close();
    primary.close();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  @Tag("feature-37")
  @Tag("feature-38")
  void goesOnWithoutAStopALossOrAChangedId(End end) throws Exception {
    RowhookProcess rowhook = started();
    // From here on the standby's slot stays behind, so that much has to come again from it.
    leaveSlotBehind();
    Bench.order(primary, 2);
    String second = bench.received(2);
    Thread flood = Thread.ofVirtual().start(this::commitOneAfterTheOther);
    Eventually.within(Bench.PATIENCE, "many arrive", () -> bench.orders().size() > MANY / 10);
    end.of(primary);
    flood.join();
    standby.promote();
    address.moveTo(standby.port());
    Bench.order(standby, 3);
    bench.received(3);

    assertThat(rowhook.output()).contains(FAILED_OVER, "the source has sent again: ");
    assertThat(rowhook.output()).doesNotContain(STOPPED);
    assertThat(bench.received(2)).isEqualTo(second);
    assertThat(new TreeSet<>(bench.orders())).isEqualTo(ordersOf(standby));
    bench.assertOneIdEach();

    assertThat(rowhook.stop()).isIn(0, 143);
    rowhook = bench.start(); // the new timeline was noted
    Bench.order(standby, 4);
    bench.received(4);
    assertThat(rowhook.output()).doesNotContain(FAILED_OVER, STOPPED);
    bench.stop();
  }

  /** What the primary committed last has not reached Rowhook, but the standby. */
  @Test
  @Tag("feature-37")
  void getsFromTheStandbyWhatThePrimaryCouldNotSend() {
    RowhookProcess rowhook = started();
    address.leadNowhere();
    for (int number = 2; number < 12; number++) {
      Bench.order(primary, number);
    }
    awaitStreamed();
    primary.crash();
    standby.promote();
    address.moveTo(standby.port());
    for (int number = 2; number < 12; number++) {
      bench.received(number);
    }
    assertThat(new TreeSet<>(bench.orders())).isEqualTo(ordersOf(standby));
    bench.assertOneIdEach();
    assertThat(rowhook.output()).contains(FAILED_OVER).doesNotContain(STOPPED);
    bench.stop();
  }

  /** The server did not wait for its standby: recipients know of an order that is no more. */
  @Test
  void stopsWhereTheStandbyLacksTheLastTransactions() {
    RowhookProcess rowhook = started();
    awaitSlot();
    standby.stop();
    primary.set("synchronized_standby_slots", "");
    Bench.order(primary, 2);
    bench.received(2);
    primary.crash();
    standby.restart();
    standby.promote();
    Bench.order(standby, 3);
    address.moveTo(standby.port());
    assertThat(rowhook.awaitLine(Bench.PATIENCE, STOPPED))
        .contains(
            "the server is on timeline 2, which left timeline 1 at ",
            ", before the journal's end. Row changes committed after ",
            "--accept-gap");
    assertThat(bench.orders()).containsExactly("Order/1", "Order/2");
    bench.stop();

    bench.start("--accept-gap").awaitLine(Bench.PATIENCE, " begins at ");
    Bench.order(standby, 4);
    bench.received(4);
    assertThat(bench.orders()).containsExactly("Order/1", "Order/2", "Order/3", "Order/4");
    bench.stop();
  }

  private RowhookProcess started() {
    RowhookProcess rowhook = bench.start();
    rowhook.awaitLine(Bench.PATIENCE, "Streaming");
    Bench.order(primary, 1);
    bench.received(1);
    awaitSlot();
    return rowhook;
  }

  /** It is on the standby, and stays when that is promoted. */
  private void awaitSlot() {
    Eventually.within(
        Bench.PATIENCE,
        "the slot is on the standby",
        () -> {
          // by itself the server writes one every 15 s, and the slot waits for one
          primary.execute("SELECT pg_log_standby_snapshot()");
          return "1"
              .equals(
                  standby.query(
                      "SELECT count(*) FROM pg_replication_slots WHERE synced AND NOT temporary"
                          + " AND invalidation_reason IS NULL"));
        });
  }

  private void leaveSlotBehind() {

    standby.set("sync_replication_slots", "off");
    Eventually.within(
        Bench.PATIENCE,
        "the standby takes no slot over any more",
        () ->
            "0"
                .equals(
                    standby.query(
                        "SELECT count(*) FROM pg_stat_activity"
                            + " WHERE backend_type = 'slotsync worker'")));
  }

  private void awaitStreamed() {
    String end = primary.query("SELECT pg_current_wal_lsn()");
    Eventually.within(
        Bench.PATIENCE,
        "the standby has everything",
        () ->
            "t".equals(standby.query("SELECT pg_last_wal_receive_lsn() >= '" + end + "'::pg_lsn")));
  }

  private static Set<String> ordersOf(SourceDatabase source) {
    String numbers =
        source.query("SELECT string_agg('Order/' || order_id, ',') FROM sales.sales_order");
    return List.of(String.valueOf(numbers).split(",")).stream()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Until the primary is gone. */
  private void commitOneAfterTheOther() {
    try (var connection = primary.connect();
        var insert =
            connection.prepareStatement(
                "INSERT INTO sales.sales_order VALUES (?, 1, 'Order/' || ? || ' v1', 1)")) {
      for (long number = FIRST_OF_MANY; number < FIRST_OF_MANY + MANY; number++) {
        insert.setLong(1, number);
        insert.setLong(2, number);
        insert.executeUpdate();
      }
    } catch (SQLException e) {
      return; // what it has committed is on the standby, or nowhere
    }
  }
}
