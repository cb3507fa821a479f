package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ERP touches rows far more often than it changes what a recipient is shown of them: the touches
 * are not sent, and of what is different nothing is left out. {@code mvn -Pslow test
 * -Dtest=UnchangedScaleTest -Dunchanged.different=1000000} is of as many different bodies.
 */
@Tag("slow")
@Tag("feature-73")
class UnchangedScaleTest {

  private static final int DIFFERENT = Integer.getInteger("unchanged.different", 10_000);
  private static final int ITEMS = 1_000;
  private static final int TOUCHES = 2; // for each change
  private static final int AT_ONCE = 200; // rows of a transaction
  private static final Duration LIMIT = Duration.ofMinutes(30);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  private final BitSet[] seen = new BitSet[ITEMS + 1]; // each guarded by itself
  private final AtomicLong requests = new AtomicLong();

  @Test
  void sendsJustWhatIsDifferent() throws Exception {
    long seed = Long.getLong("unchanged.seed", System.nanoTime());
    System.out.println("unchanged, seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int id = 0; id <= ITEMS; id++) {
      seen[id] = new BitSet();
    }
    try (Receiver receiver = new Receiver(this::answer).keepingNothing();
        Stage stage = new Stage(source, directory).empty()) {
      source.execute(
          "CREATE TABLE article (id int PRIMARY KEY, stock int, write_date timestamptz)",
          "ALTER TABLE article REPLICA IDENTITY FULL",
          "INSERT INTO article SELECT n, 0, now() FROM generate_series(1, %d) n".formatted(ITEMS));
      stage.write("connector-config/entities.yaml", "Article: { table: public.article }\n");
      stage.write(
          "jslt-templates/shop/Article.jslt", "{ \"id\": .entityId, \"stock\": .data.stock }");
      stage.recipient("shop", "url: " + receiver.url("/shop") + "\njobs: 16\nunchanged: skip\n");
      stage.start();
      long changes = 0;
      long events = 0;
      while (changes < DIFFERENT) {
        int from = 1 + random.nextInt(ITEMS - AT_ONCE);
        boolean change = random.nextInt(1 + TOUCHES) == 0;
        source.execute(
            "UPDATE article SET write_date = clock_timestamp()%s WHERE id >= %d AND id < %d"
                .formatted(change ? ", stock = stock + 1" : "", from, from + AT_ONCE));
        changes += change ? AT_ONCE : 0;
        events += AT_ONCE;
      }
      stage.awaitJournaled();
      Eventually.within(LIMIT, "all that is different arrives", () -> missing() == 0);
      stage.awaitIdle();
      long sent = requests.get();
      System.out.printf(
          "%,d events, %,d different, %,d requests: %.1f %% fewer%n",
          events, changes, sent, 100.0 * (events - sent) / events);
      assertThat(missing()).isZero();
      // of each item the first is sent whatever it is
      assertThat(sent).isBetween(changes, changes + ITEMS);
    }
  }

  private Answer answer(Receiver.Request request) throws IOException {
    JsonNode body = Json.MAPPER.readTree(request.body());
    BitSet values = seen[body.path("id").asInt()];
    synchronized (values) {
      values.set(body.path("stock").asInt());
    }
    requests.incrementAndGet();
    return Answer.of(200);
  }

  /** How many different bodies have not arrived. */
  private long missing() throws SQLException {
    long missing = 0;
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, stock FROM article")) {
      while (rows.next()) {
        BitSet values = seen[rows.getInt(1)];
        synchronized (values) {
          missing += rows.getInt(2) - values.get(1, rows.getInt(2) + 1).cardinality();
        }
      }
    }
    return missing;
  }
}
