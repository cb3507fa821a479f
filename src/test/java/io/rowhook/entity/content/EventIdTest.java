package io.rowhook.entity.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.EventType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EventIdTest {

  private static final Instant NOON = Instant.parse("2026-05-24T12:00:00.123456Z");

  private static final Epoch EPOCH = new Epoch("epoch-1", "{}", NOON);
  private static final Epoch OTHER = new Epoch("epoch-2", "{}", NOON);

  private static Transaction transaction(long end, Instant committedAt) {
    return new Transaction(Position.of(end), "7", committedAt);
  }

  private static String id(Transaction transaction, String entityId) {
    return EventId.of(EPOCH, transaction, "Article", entityId, EventType.Created);
  }

  @Test
  void isTheSameForTheSameEventAndAnotherForAnyOther() {
    Transaction transaction = transaction(300, NOON);
    String id = id(transaction, "1");
    assertThat(id).matches("evt_[0-9a-f]{32}").isEqualTo(id(transaction, "1"));
    Set<String> all = new TreeSet<>();
    all.add(id);
    all.add(id(transaction, "11"));
    all.add(id(transaction(301, NOON), "1"));
    all.add(EventId.of(EPOCH, transaction, "Article", "1", EventType.Deleted));
    all.add(EventId.of(EPOCH, transaction, "Article1", "", EventType.Created));
    all.add(EventId.of(OTHER, transaction, "Article", "1", EventType.Created));
    assertThat(all).hasSize(6);
  }

  /** For the index: those of a later commit come behind all of an earlier one. */
  @Test
  void growsWithTheCommit() {
    String early = id(transaction(300, NOON), "1");
    String late = id(transaction(200, NOON.plusMillis(1)), "1");
    String afterAnAge = id(transaction(100, Instant.parse("2300-01-01T00:00:00Z")), "1");
    assertThat(List.of(early, late, afterAnAge)).isSorted();
    assertThat(early).startsWith("evt_%012x".formatted(NOON.toEpochMilli()));
  }
}
