package io.rowhook.entity;

import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to make an event of a row: a transaction of one row, from its begin to its end. */
@State(Scope.Benchmark)
public class EventMicro {

  private static final TableId ARTICLE = TableId.parse("public.article");
  private static final Instant COMMIT = Instant.parse("2026-05-24T15:20:44.123456Z");
  private static final String ROW =
      """
      {'id':7,'sku':'CH-7','name':'Office chair 7',
       'description':'Height-adjustable, with armrests and castors for hard floors; delivered flat',
       'price':196.00,'stock':%d,'active':true,'changed_at':'2026-05-24T15:20:44.123456Z',
       'mark':'#7/1/1779636044123456#'}
      """;

  private final PublishedLog log = new PublishedLog();
  private final TransactionAggregator events =
      new TransactionAggregator(
          List.of(new EntityType("Article", ARTICLE, List.of(), List.of())),
          log,
          log,
          new RowLookup() {
            @Override
            public <T> T read(Set<String> transactions, boolean limited, Reading<T> reading) {
              throw new AssertionError("nothing has to be read");
            }
          },
          TransactionAggregator.DEFAULT_MEMORY_LIMIT);
  private final RowChange insert;
  private final RowChange update;
  private long lsn;

  public EventMicro() {
    RowChanges rows = new RowChanges(Map.of());
    insert = rows.insert(ARTICLE, ROW.formatted(5));
    update = rows.update(ARTICLE, ROW.formatted(5), ROW.formatted(6));
    try {
      events.restart(List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  public Event inserted() throws InterruptedException {
    return event(insert);
  }

  @Benchmark
  public Event updated() throws InterruptedException {
    return event(update);
  }

  private Event event(RowChange change) throws InterruptedException {
    lsn++;
    events.begin(Long.toString(lsn));
    events.row(change);
    events.end(new Transaction(Position.of(lsn), Long.toString(lsn), COMMIT));
    return log.published.removeLast();
  }
}
