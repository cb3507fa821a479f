package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.ShopCopy.Own;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ERP and a shop write to the same articles at once, and the shop is told of what the ERP does:
 * every event, of which it takes all of {@code data}; and as {@code lean} only the latest, of which
 * it takes what {@code changed} names. It passes over what is not after its own last write, as
 * docs/templates.md says. {@code -Dseed=N} draws other edits.
 */
@Tag("feature-62")
@Tag("slow")
class TwoWaySyncTest {

  private static final long SEED = Long.getLong("seed", 1L);
  private static final int ARTICLES = 8;

  /** So many edits are made before both ends are compared. */
  private static final int BURST = 100;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @Test
  void twoThousandEditsFromBothSidesAgree() throws Exception {
    sync(2_000);
  }

  @Test
  @Tag("slow")
  void tenThousandEditsFromBothSidesAgree() throws Exception {
    sync(10_000);
  }

  private void sync(int edits) throws Exception {
    try (Stage stage = new Stage(source, directory).tables()) {
      stage
          .receiver("shop", TestReceiver.Settings.DEFAULT)
          .receiver(
              "lean",
              TestReceiver.Settings.DEFAULT.withAnswer(
                  TestReceiver.Answer.OK.withDelay(Duration.ofMillis(80))));
      stage.recipient("shop", "url: ${env:SHOP_URL}\nnot-from: shop");
      stage
          .recipient(
              "lean",
              """
              url: ${env:LEAN_URL}
              not-from: [shop]
              jobs: 2
              subscriptions: [{ entity: Article, latest-only: true }]
              """)
          .start();
      Writer erp = new Writer(false, new Random(SEED));
      Writer shop = new Writer(true, new Random(-SEED));
      for (int done = 0; done < edits; done += BURST) {
        if (done == edits / 2) {
          source.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
        }
        CompletableFuture.allOf(
                CompletableFuture.runAsync(() -> erp.write(BURST / 2), Thread::startVirtualThread),
                CompletableFuture.runAsync(() -> shop.write(BURST / 2), Thread::startVirtualThread))
            .get();
        stage.awaitIdle();
        compare("seed %d, after %d edits: ".formatted(SEED, done + BURST), stage, erp, shop);
      }
      assertThat(stage.inbox("lean").size())
          .as("some were merged")
          .isLessThan(stage.inbox("shop").size());
    }
  }

  private static void compare(String when, Stage stage, Writer erp, Writer shop)
      throws SQLException {
    List<ReceivedRequest> all = stage.inbox("shop");
    List<ReceivedRequest> latest = stage.inbox("lean");
    for (List<ReceivedRequest> inbox : List.of(all, latest)) {
      assertThat(inbox)
          .as("%sno echo", when)
          .noneMatch(request -> "shop".equals(Stage.json(request).at("/context/from").asText()));
      assertThat(transactions(inbox))
          .as("%sno echo", when)
          .doesNotContainAnyElementsOf(shop.transactions);
    }
    assertThat(transactions(all)).as("%sno change is lost", when).isEqualTo(erp.transactions);
    Map<Integer, Map<String, String>> rows = rows();
    assertThat(ShopCopy.of(shop.own, all, false).rows()).as("%sboth agree", when).isEqualTo(rows);
    assertThat(ShopCopy.of(shop.own, latest, true).rows())
        .as("%sboth agree, of what changed", when)
        .isEqualTo(rows);
  }

  private static Set<Long> transactions(List<ReceivedRequest> inbox) {
    Set<Long> transactions = new TreeSet<>();
    inbox.forEach(one -> transactions.add(Stage.json(one).at("/source/txId").asLong()));
    return transactions;
  }

  private static Map<Integer, Map<String, String>> rows() throws SQLException {
    Map<Integer, Map<String, String>> rows = new TreeMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM article")) {
      while (row.next()) {
        rows.put(row.getInt("id"), values(row));
      }
    }
    return rows;
  }

  private static Map<String, String> values(ResultSet row) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    for (String column : ShopCopy.COLUMNS) {
      values.put(column, String.valueOf(row.getString(column)));
    }
    return values;
  }

  /** Writes one transaction after the other; knows which of them changed anything. */
  private static final class Writer {
    final Set<Long> transactions = new TreeSet<>();
    final List<Own> own = new ArrayList<>();
    private final boolean isShop;
    private final Random random;

    Writer(boolean isShop, Random random) {
      this.isShop = isShop;
      this.random = random;
    }

    void write(int edits) {
      try (Connection connection = source.connect();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        for (int i = 0; i < edits; i++) {
          List<Own> done = new ArrayList<>();
          boolean first = random.nextBoolean();
          if (first) {
            say(statement);
          }
          edit(statement, done);
          if (!first) {
            say(statement);
          }
          if (!done.isEmpty()) {
            try (ResultSet id = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
              id.next();
              transactions.add(id.getLong(1));
            }
          }
          connection.commit();
          own.addAll(done);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private void say(Statement statement) throws SQLException {
      if (isShop) {
        statement.execute("SELECT pg_logical_emit_message(true, 'rowhook', '{\"from\":\"shop\"}')");
      } else if (random.nextInt(3) == 0) {
        statement.execute(
            "SELECT pg_logical_emit_message(true, 'rowhook', '{\"from\":\"erp\",\"who\":\"x\"}')");
      }
    }

    private void edit(Statement statement, List<Own> done) throws SQLException {
      int id = 1 + random.nextInt(ARTICLES);
      int value = random.nextInt(2); // so that it is often changed back
      String answer = " RETURNING *, pg_current_wal_insert_lsn()::text AS lsn";
      switch (random.nextInt(8)) {
        case 0 ->
            run(statement, "DELETE FROM article WHERE id = " + id + answer, true, Set.of(), done);
        case 1, 2 ->
            run(
                statement,
                "INSERT INTO article VALUES (%d, 'A', 'n%d', %d, %d) ON CONFLICT DO NOTHING"
                        .formatted(id, value, value, value)
                    + answer,
                false,
                Set.of(),
                done);
        case 3, 4 -> set(statement, id, "name", "'n" + value + "'", done);
        case 5, 6 -> set(statement, id, "stock", Integer.toString(value), done);
        default -> set(statement, id, "price", Integer.toString(value), done);
      }
    }

    /** Only where it changes something, so that it is known what makes an event. */
    private static void set(
        Statement statement, int id, String column, String value, List<Own> done)
        throws SQLException {
      run(
          statement,
          "UPDATE article SET %1$s = %2$s WHERE id = %3$d AND %1$s <> %2$s"
                  .formatted(column, value, id)
              + " RETURNING *, pg_current_wal_insert_lsn()::text AS lsn",
          false,
          Set.of(column),
          done);
    }

    private static void run(
        Statement statement, String sql, boolean gone, Set<String> set, List<Own> done)
        throws SQLException {
      try (ResultSet row = statement.executeQuery(sql)) {
        while (row.next()) {
          done.add(
              new Own(
                  row.getInt("id"),
                  ShopCopy.position(row.getString("lsn")),
                  gone ? null : values(row),
                  set));
        }
      }
    }
  }
}
