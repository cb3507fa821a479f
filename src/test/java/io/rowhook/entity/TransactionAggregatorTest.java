package io.rowhook.entity;

import static io.rowhook.entity.RowChanges.quoted;
import static io.rowhook.entity.RowChanges.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowChange.Operation;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TransactionAggregatorTest {

  private static final TableId ARTICLE = TableId.parse("public.article");
  private static final TableId PRICE = TableId.parse("public.price");
  private static final RowChanges ROWS = new RowChanges(Map.of());
  private static final Instant COMMIT = Instant.parse("2026-05-24T15:20:44.123456Z");

  /** The log has it all here. */
  private static final RowLookup NOTHING =
      new RowLookup() {
        @Override
        public <T> T read(Set<String> transactions, boolean limited, Reading<T> reading) {
          throw new AssertionError("nothing has to be read");
        }
      };

  private final PublishedLog log = new PublishedLog();
  private TransactionAggregator events;
  private long lsn = 0x16B3000;

  @BeforeEach
  void start() throws Exception {
    events = events(TransactionAggregator.DEFAULT_MEMORY_LIMIT);
  }

  private TransactionAggregator events(int memoryLimit) throws Exception {
    TransactionAggregator made =
        new TransactionAggregator(
            List.of(
                new EntityType(
                    "Article",
                    ARTICLE,
                    List.of(),
                    ColumnFilter.ALL,
                    "",
                    "",
                    List.of(),
                    List.of(),
                    List.of("sku", "tags")),
                new EntityType("Price", PRICE, List.of(), List.of())),
            log,
            log,
            NOTHING,
            memoryLimit);
    made.restart(List.of());
    return made;
  }

  @Test
  @Tag("feature-6")
  void eachEntityOfATransactionIsOneEventInTheOrderOfFirstTouch() throws Exception {
    transaction(
        insert("{'id':2,'name':'b'}"),
        insert("{'id':1,'name':'a'}"),
        update("{'id':2,'name':'b'}", "{'id':2,'name':'c'}"));
    assertThat(log.published)
        .extracting(Event::entityId, Event::type)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("2", EventType.Created),
            org.assertj.core.groups.Tuple.tuple("1", EventType.Created));
    assertThat(log.json(0).get("data").get("name").asText()).isEqualTo("c");
  }

  @Test
  void theWholeEventIsAsTheWireSays() throws Exception {
    transaction(update("{'id':7,'name':'a','price':1.50}", "{'id':7,'name':'a','price':100.00}"));
    assertThat(new String(log.published.getFirst().json(), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            quoted(
                "{'id':'"
                    + log.published.getFirst().id()
                    + "','type':'article.updated','timestamp':'2026-05-24T15:20:44.123456Z',"
                    + "'entityType':'Article','entityId':7,'event':'Updated',"
                    + "'data':{'id':7,'name':'a','price':100.00},"
                    + "'previous':{'price':1.50},'changed':['price'],"
                    + "'source':{'lsn':'0/16B3100','txId':5,'table':'public.article'}}"));
    assertThat(log.published.getFirst().id()).matches("evt_[0-9a-f]{32}");
  }

  /** Also by what it was before: whoever looks for that finds what became of it. */
  @Test
  @Tag("feature-39")
  void anEventIsFoundByTheColumnsThatItsEntityIndexes() throws Exception {
    transaction(insert("{'id':1,'sku':'CH-1','tags':['a',2],'name':'n'}"));
    transaction(insert("{'id':2,'sku':null,'name':'n'}"));
    transaction(update("{'id':1,'sku':'CH-1','tags':null}", "{'id':1,'sku':17.50,'tags':null}"));
    transaction(delete("{'id':1,'sku':'" + "x".repeat(300) + "'}"));
    assertThat(log.published.stream().map(Event::indexed))
        .containsExactly(
            List.of(new IndexedValue("sku", "CH-1"), new IndexedValue("tags", "[\"a\",2]")),
            List.of(),
            List.of(new IndexedValue("sku", "17.50"), new IndexedValue("sku", "CH-1")),
            List.of(new IndexedValue("sku", "x".repeat(IndexedValue.MAX_LENGTH))));
    assertThat(log.published.getFirst().to("shop").indexed()).hasSize(2);
  }

  @Test
  void whatATransactionTakesBackIsNoEvent() throws Exception {
    transaction(insert("{'id':1}"), delete("{'id':1}"));
    transaction(
        update("{'id':1,'name':'a'}", "{'id':1,'name':'b'}"),
        update("{'id':1,'name':'b'}", "{'id':1,'name':'a'}"));
    assertThat(log.published).isEmpty();
    assertThat(events.counts().unchanged()).isEqualTo(2);
    assertThat(log.watermark()).isEqualTo(Position.of(lsn));
  }

  @Test
  void deletedAndMadeAgainIsUpdated() throws Exception {
    transaction(delete("{'id':1,'name':'a'}"), insert("{'id':1,'name':'b'}"));
    assertThat(log.published).extracting(Event::type).containsExactly(EventType.Updated);
    assertThat(log.json(0).get("previous").toString()).isEqualTo(quoted("{'name':'a'}"));
  }

  @Test
  void aDeletedOneHasTheDataThatOthersLastSaw() throws Exception {
    transaction(
        update("{'id':1,'name':'a'}", "{'id':1,'name':'b'}"), delete("{'id':1,'name':'b'}"));
    assertThat(log.published).extracting(Event::type).containsExactly(EventType.Deleted);
    assertThat(log.json(0).get("data").toString()).isEqualTo(quoted("{'id':1,'name':'a'}"));
  }

  @Test
  void anotherIdIsADeletedAndACreated() throws Exception {
    transaction(update("{'id':1,'name':'a'}", "{'id':2,'name':'a'}"));
    assertThat(log.published)
        .extracting(event -> event.type() + " " + event.entityId())
        .containsExactly("Deleted 1", "Created 2");
  }

  @Test
  void withoutTheOldRowPreviousAndChangedAreNull() throws Exception {
    transaction(update(null, "{'id':1,'name':'b'}"));
    assertThat(log.json(0).get("previous").isNull()).isTrue();
    assertThat(log.json(0).get("changed").isNull()).isTrue();
    transaction(update(null, "{'id':1,'name':'c'}"), delete("{'id':1}"));
    assertThat(log.json(1).get("data").toString()).isEqualTo(quoted("{'id':1}"));
  }

  @Test
  @Tag("feature-20")
  void aLargeValueThatWasNotLoggedIsTakenFromWhatIsKnownOrNamedAsMissing() throws Exception {
    RowChange second = ROWS.update(ARTICLE, null, "{'id':1,'stock':5}", List.of("text"));
    transaction(update("{'id':1,'stock':1,'text':'x'}", "{'id':1,'stock':2,'text':'y'}"), second);
    assertThat(log.json(0).get("data").toString())
        .isEqualTo(quoted("{'id':1,'stock':5,'text':'y'}"));
    assertThat(log.json(0).has("unavailable")).isFalse();
    transaction(second);
    assertThat(log.json(1).get("data").toString()).isEqualTo(quoted("{'id':1,'stock':5}"));
    assertThat(log.json(1).get("unavailable").toString()).isEqualTo(quoted("['text']"));
  }

  @Test
  @Tag("feature-38")
  void idsAreTheSameAfterAReplayAndNeverSharedByTwoEvents() throws Exception {
    transaction(insert("{'id':1}"), ROWS.insert(PRICE, "{'id':1}"));
    transaction(update("{'id':1,'a':1}", "{'id':1,'a':2}"));
    List<String> first = log.published.stream().map(Event::id).toList();
    assertThat(first).doesNotHaveDuplicates();
    log.published.clear();
    log.watermark = Position.START; // as if nothing had been journaled
    events.restart(List.of());
    lsn = 0x16B3000;
    transaction(insert("{'id':1}"), ROWS.insert(PRICE, "{'id':1}"));
    transaction(update("{'id':1,'a':1}", "{'id':1,'a':2}"));
    assertThat(log.published.stream().map(Event::id).toList()).isEqualTo(first);
  }

  @Test
  void aTransactionAtOrBelowTheWatermarkIsADuplicate() throws Exception {
    transaction(insert("{'id':1}"));
    events.restart(List.of());
    lsn -= 0x100;
    transaction(insert("{'id':1}"));
    assertThat(log.published).hasSize(1);
    assertThat(events.counts().duplicates()).isEqualTo(1);
  }

  @Test
  void oneEventForEachEntityAlsoWhenTheTransactionIsLargerThanMemory() throws Exception {
    events = events(1000);
    List<RowChange> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      rows.add(insert("{'id':" + i + ",'n':0}"));
    }
    for (int i = 0; i < 500; i++) {
      rows.add(update("{'id':" + i + ",'n':0}", "{'id':" + i + ",'n':1}"));
    }
    transaction(rows.toArray(RowChange[]::new));
    assertThat(log.largestStage).isBetween(1, 99);
    assertThat(log.published).hasSize(500);
    assertThat(log.published).allMatch(event -> event.type() == EventType.Created);
    assertThat(log.json(499).get("data").toString()).isEqualTo(quoted("{'id':499,'n':1}"));
  }

  @Test
  void aRowWithoutItsIdIsRejectedAndTheOthersGoOn() throws Exception {
    transaction(insert("{'id':null,'name':'a'}"), insert("{'id':1,'name':'b'}"));
    assertThat(log.published).hasSize(1);
    assertThat(log.rejected)
        .containsExactly(
            new RejectedRow(
                ARTICLE,
                "INSERT",
                quoted("{'id':null}"),
                "the id's column id is null, or null as JSON has it, by which nothing can be known"));
  }

  @Test
  void keysOfSeveralColumnsTextAndUuidAreIds() throws Exception {
    ObjectNode row = tree("{'id':'ä/1','line':2}");
    transaction(new RowChange(ARTICLE, Operation.INSERT, row, null, row, List.of(), 10));
    transaction(insert("{'id':'9b2f','name':'a'}"));
    assertThat(log.published)
        .extracting(Event::entityId)
        .containsExactly(quoted("{'id':'ä/1','line':2}"), "9b2f");
    assertThat(log.json(0).get("entityId").toString()).isEqualTo(quoted("{'id':'ä/1','line':2}"));
    assertThat(log.json(1).get("entityId").toString()).isEqualTo(quoted("'9b2f'"));
  }

  private void transaction(RowChange... rows) throws Exception {
    events.begin("5");
    for (RowChange row : rows) {
      events.row(row);
    }
    lsn += 0x100;
    events.end(new Transaction(Position.of(lsn), "5", COMMIT));
    events.commit(Position.START, true);
  }

  private static RowChange insert(String after) {
    return ROWS.insert(ARTICLE, after);
  }

  private static RowChange update(@Nullable String before, String after) {
    return ROWS.update(ARTICLE, before, after);
  }

  private static RowChange delete(String before) {
    return ROWS.delete(ARTICLE, before);
  }

  /** A value that no JSON can be written of: deeper than any reader takes. */
  private static ObjectNode bottomless() {
    ObjectNode deepest = tree("{'id':2}");
    ObjectNode inner = deepest;
    for (int i = 0; i < 100_000; i++) {
      inner = inner.putObject("x");
    }
    return deepest;
  }

  /** Not dropped in silence: the engine that meets it begins anew, and loses nothing. */
  @Test
  void aRowThatNothingMapsIsAnError() {
    RowChange unmapped = ROWS.insert(TableId.parse("public.other"), "{'id':1}");
    assertThatThrownBy(() -> transaction(unmapped))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("public.other");
    assertThat(log.published).isEmpty();
  }

  /** A jsonb may be a key, and with lz4 in the index one of many levels. */
  @Test
  void anIdMayBeNestedAsDeepAsItIsRead() throws Exception {
    String deep = "[".repeat(1_990) + "]".repeat(1_990);
    ObjectNode row = tree("{'id':" + deep + ",'name':'a'}");
    transaction(
        new RowChange(
            ARTICLE, Operation.INSERT, tree("{'id':" + deep + "}"), null, row, List.of(), 100),
        insert("{'id':3,'name':'c'}"));
    assertThat(log.published).extracting(Event::entityId).containsExactly(deep, "3");
    assertThat(log.rejected).isEmpty();
  }

  @Test
  void aRowThatNothingCanBeMadeOfIsRejectedAndTheOthersGoOn() throws Exception {
    RowChange bad =
        new RowChange(
            ARTICLE, Operation.INSERT, tree("{'id':2}"), null, bottomless(), List.of(), 100);
    transaction(insert("{'id':1,'name':'a'}"), bad, insert("{'id':3,'name':'c'}"));
    assertThat(log.published).extracting(Event::entityId).containsExactly("1", "3");
    assertThat(log.rejected).hasSize(1);
    assertThat(log.rejected.getFirst().table()).isEqualTo(ARTICLE);
    assertThat(log.rejected.getFirst().reason()).startsWith("its event cannot be made: ");
    assertThat(events.counts().rejected()).isEqualTo(1);
    transaction(insert("{'id':4,'name':'d'}"));
    assertThat(log.published).hasSize(3);
  }
}
