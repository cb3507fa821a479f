package io.rowhook.entity;

import static io.rowhook.entity.RowChanges.quoted;
import static io.rowhook.entity.RowChanges.tree;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.ResyncChunks.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is published of a chunk, whatever the log has between its marks. Capture is driven from
 * within {@code marks}, so that all happens on one thread and in one order.
 */
@Tag("feature-23")
class ResyncChunksTest {

  static final TableId ARTICLE = TableId.parse("public.article");
  private static final RowChanges ROWS = new RowChanges(Map.of());

  /** Happens in the source, and then comes in the log, before the mark. */
  private interface Step {
    void run() throws Exception;
  }

  private final PublishedLog log = new PublishedLog();
  private final ArticlesInMemory source = new ArticlesInMemory();
  private final TreeMap<Integer, ObjectNode> table = source.rows;
  private final Deque<Step> beforeMarks = new ArrayDeque<>();
  private ResyncChunks chunks = new ResyncChunks(source);
  private TransactionAggregator events;
  private ResyncProgress progress = new ResyncProgress(1, null, "", List.of(), 0, 0, false);
  private long lsn = 0x1000;

  @BeforeEach
  void start() throws Exception {
    begin(TransactionAggregator.DEFAULT_MEMORY_LIMIT, 23);
    IntStream.rangeClosed(1, 5).forEach(id -> table.put(id, tree(article(id, 0))));
  }

  private void begin(int memoryLimit, long keyType) throws Exception {
    events =
        new TransactionAggregator(
            List.of(new EntityType("Article", ARTICLE, List.of(), List.of())),
            log,
            log,
            source,
            memoryLimit,
            new EntityMetrics(),
            chunks);
    restart(keyType);
  }

  private void restart(long keyType) throws Exception {
    events.restart(
        List.of(
            new TableMetadata(
                ARTICLE,
                7,
                List.of(
                    new Column("id", keyType, true, false), new Column("stock", 23, true, false)),
                List.of("id"),
                ReplicaIdentity.FULL,
                List.of("id", "stock"),
                List.of(List.of("id")))));
    chunks.watch();
  }

  @Test
  void whatWasTouchedBetweenTheMarksComesWithTheNextChunk() throws Exception {
    beforeMarks.add(() -> {}); // low
    beforeMarks.add(() -> set(2, 1)); // high
    assertThat(chunk(3)).isEqualTo(Outcome.DURABLE);
    assertThat(told()).containsExactly("Updated 2 1", "Snapshot 1 0", "Snapshot 3 0");
    assertThat(progress.again()).containsExactly("[2]");

    assertThat(chunk(4)).isEqualTo(Outcome.DURABLE);
    assertThat(told()).endsWith("Snapshot 2 1", "Snapshot 4 0", "Snapshot 5 0");
    assertThat(progress).extracting(ResyncProgress::read, ResyncProgress::sent).contains(5L);
  }

  @Test
  void whatNobodyIsToldOfDoesNotKeepAnEntityBack() throws Exception {
    beforeMarks.add(() -> {});
    beforeMarks.add(() -> {
      transaction("{'mute':true}", update(2, 0, 1));
      transaction("{}", update(3, 0, 1), update(3, 1, 0));
    });
    assertThat(chunk(3)).isEqualTo(Outcome.DURABLE);
    assertThat(told()).containsExactly("Snapshot 1 0", "Snapshot 2 0", "Snapshot 3 0");
  }

  @Test
  void oneThatIsTouchedAllTheTimeIsToldAsItsNewestEventTellsIt() throws Exception {
    Set<String> busy = Set.of("[2]", "[3]", "[4]");
    beforeMarks.add(() -> set(4, 8)); // before the low mark's chunk is read, all the same an event
    beforeMarks.add(() -> {
      set(2, 1);
      set(2, 2);
      set(3, 1);
      transaction("{}", ROWS.delete(ARTICLE, article(3, 1)));
    });
    assertThat(chunk(4, busy)).isEqualTo(Outcome.DURABLE);
    assertThat(told())
        .containsExactly(
            "Updated 4 8",
            "Updated 2 1",
            "Updated 2 2",
            "Updated 3 1",
            "Deleted 3 1",
            "Snapshot 1 0",
            "Snapshot 2 2",
            "Snapshot 4 8");
    assertThat(progress.again()).containsExactly("[3]"); // read again, and then it is not there
  }

  @Test
  void whatComesAfterTheHighMarkIsNotToldBeforeIt() throws Exception {
    beforeMarks.add(() -> {});
    beforeMarks.add(() -> transaction("{}", update(2, 0, 1)));
    Outcome outcome =
        chunks
            .read(
                request(3, Set.of("[2]")),
                mark -> {
                  happen(beforeMarks.poll());
                  boolean high = mark.path("rowhook.resync").path("mark").asText().equals("high");
                  end(mark.toString());
                  if (high) {
                    end("{}", update(2, 1, 2)); // in the log before any of this is committed
                  }
                  happen(() -> events.commit(Position.START, true));
                },
                (_, _) -> true)
            .outcome();
    assertThat(outcome).isEqualTo(Outcome.DURABLE);
    assertThat(told())
        .containsExactly(
            "Updated 2 1", "Snapshot 1 0", "Snapshot 2 1", "Snapshot 3 0", "Updated 2 2");
  }

  @Test
  void aNewEngineGivesTheChunkUpAndItIsReadAgain() throws Exception {
    beforeMarks.add(() -> {});
    beforeMarks.add(() -> {
      set(2, 1);
      restart(23);
    });
    assertThat(chunk(3)).isEqualTo(Outcome.GIVEN_UP);
    assertThat(told()).containsExactly("Updated 2 1");
    assertThat(chunk(3)).isEqualTo(Outcome.DURABLE);
    assertThat(told()).endsWith("Snapshot 1 0", "Snapshot 2 1", "Snapshot 3 0");
  }

  @Test
  void aKeyOfOtherColumnsOrTypesIsNotGoneOnWith() throws Exception {
    assertThat(chunk(3)).isEqualTo(Outcome.DURABLE);
    restart(25);
    assertThat(chunk(3)).isEqualTo(Outcome.OTHER_KEY);
    assertThat(told()).hasSize(3);
  }

  @Test
  void aTransactionLargerThanMemoryTakesNoneOfItEither() throws Exception {
    begin(1_000, 23);
    beforeMarks.add(() -> {});
    beforeMarks.add(() -> {
      RowChange[] many =
          IntStream.range(1, 30_000).mapToObj(id -> update(id, 0, 1)).toArray(RowChange[]::new);
      transaction("{}", many);
      IntStream.rangeClosed(1, 5).forEach(id -> table.put(id, tree(article(id, 1))));
    });
    assertThat(chunk(3)).isEqualTo(Outcome.DURABLE);
    assertThat(told()).noneMatch(one -> one.startsWith("Snapshot"));
    assertThat(progress.again()).containsExactly("[1]", "[2]", "[3]");
    assertThat(chunk(2)).isEqualTo(Outcome.DURABLE); // no room for more than these
    assertThat(told()).endsWith("Snapshot 1 1", "Snapshot 2 1", "Snapshot 3 1");
    assertThat(progress)
        .extracting(ResyncProgress::lastKey, ResyncProgress::done)
        .containsExactly("[3]", false);
  }

  @Test
  void fewerAreReadWhereMoreDoNotFitInMemory() throws Exception {
    source.mostAtOnce = 2;
    List<Integer> sizes = new ArrayList<>();
    while (!progress.done()) {
      int before = log.published.size();
      assertThat(chunk(4)).isEqualTo(Outcome.DURABLE);
      sizes.add(log.published.size() - before);
    }
    assertThat(sizes).containsExactly(2, 1, 2);
    assertThat(told()).hasSize(5).doesNotHaveDuplicates();
    assertThat(progress.read()).isEqualTo(5);
  }

  @Test
  void whileNothingIsReadOnlySomeTransactionsAreKept() throws Exception {
    for (int i = 0; i <= ResyncChunks.MOST_ENDED; i++) {
      transaction("{}", update(1, i, i + 1));
    }
    String running = "1" + Long.toString(lsn, 10);
    chunks.settle(() -> Set.of(running));
    assertThat(chunks.ended()).hasSize(1);
  }

  private Outcome chunk(int limit) throws Exception {
    return chunk(limit, Set.of());
  }

  private Outcome chunk(int limit, Set<String> busy) throws Exception {
    return chunks
        .read(
            request(limit, busy),
            mark -> {
              happen(beforeMarks.isEmpty() ? () -> {} : beforeMarks.poll());
              happen(() -> transaction(mark.toString()));
            },
            (_, _) -> true)
        .outcome();
  }

  private ResyncChunks.Request request(int limit, Set<String> busy) {
    progress = log.progress == null ? progress : log.progress;
    return new ResyncChunks.Request("shop", "Article", "", false, progress, limit, busy);
  }

  private static void happen(@Nullable Step step) {
    try {
      if (step != null) {
        step.run();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** In the source, and in the log. */
  private void set(int id, int stock) throws Exception {
    int before = Objects.requireNonNull(table.get(id)).path("stock").intValue();
    table.put(id, tree(article(id, stock)));
    transaction("{}", update(id, before, stock));
  }

  private void transaction(String said, RowChange... changes) throws Exception {
    end(said, changes);
    events.commit(Position.START, true);
    progress = log.progress == null ? progress : log.progress;
  }

  private void end(String said, RowChange... changes) {
    happen(() -> {
      lsn += 0x100;
      String id = "1" + lsn;
      events.begin(id);
      events.message(tree(said));
      for (RowChange change : changes) {
        events.row(change);
      }
      events.end(new Transaction(Position.of(lsn), id, Instant.EPOCH));
    });
  }

  private static RowChange update(int id, int from, int to) {
    return ROWS.update(ARTICLE, article(id, from), article(id, to));
  }

  private static String article(int id, int stock) {
    return quoted("{'id':%d,'stock':%d}".formatted(id, stock));
  }

  private List<String> told() {
    return IntStream.range(0, log.published.size())
        .mapToObj(i ->
            "%s %s %s"
                .formatted(
                    log.published.get(i).type(),
                    log.published.get(i).entityId(),
                    log.json(i).path("data").path("stock").asText()))
        .toList();
  }
}
