package io.rowhook.webhook.dispatch;

import static io.rowhook.entity.EventType.Created;
import static io.rowhook.entity.EventType.Deleted;
import static io.rowhook.entity.EventType.Snapshot;
import static io.rowhook.entity.EventType.Updated;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.CoalescedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What several events of an entity come to. */
class EventCoalescerTest {

  private static final Set<EventType> ALL = Set.of(EventType.values());

  @Test
  void keepsTheOldestValueOfEachAttributeThatEndedDifferent() {
    assertThat(
            merged(
                updated("{'a':2,'b':1,'c':1}", "{'a':1}", "['a']"),
                updated("{'a':3,'b':2,'c':1}", "{'a':2,'b':1}", "['a','b']"),
                updated("{'a':3,'b':1,'c':null}", "{'b':2,'c':1}", "['b','c']")))
        .isEqualTo(event("Updated", "{'a':3,'b':1,'c':null}", "{'a':1,'c':1}", "['a','c']"));
  }

  @Test
  void knowsWhatEndedAsItBegan() {
    assertThat(
            merged(
                updated("{'a':2.50}", "{'a':1.00}", "['a']"),
                updated("{'a':1.00}", "{'a':2.50}", "['a']")))
        .isEqualTo(event("Updated", "{'a':1.00}", "{}", "[]"));
  }

  @Test
  void doesNotKnowWhatOneOfThemDoesNotKnow() {
    assertThat(merged(updated("{'a':2}", "null", "null"), updated("{'a':3}", "{'a':2}", "['a']")))
        .isEqualTo(event("Updated", "{'a':3}", "null", "null"));
  }

  @Test
  void createdAndUpdatedIsCreated() {
    assertThat(
            merged(
                event(Created, "{'a':1}", "{}", "[]", ""), updated("{'a':2}", "{'a':1}", "['a']")))
        .isEqualTo(event("Created", "{'a':2}", "{}", "[]"));
  }

  @Test
  void aSnapshotSaysHowItIsAndWhatComesAfterItSupersedesIt() {
    Event snapshot = event(Snapshot, "{'a':1,'b':1}", "{}", "[]", "");
    Event created = event(Created, "{'a':0}", "{}", "[]", "");
    Event updated = updated("{'a':2,'b':1}", "{'a':1}", "['a']");

    assertThat(merged(snapshot, updated)).isEqualTo(event("Snapshot", "{'a':2,'b':1}", "{}", "[]"));
    assertThat(merged(created, snapshot)).isEqualTo(event("Created", "{'a':1,'b':1}", "{}", "[]"));
    assertThat(merged(updated("{'a':0,'b':1}", "{'a':7}", "['a']"), snapshot))
        .isEqualTo(event("Updated", "{'a':1,'b':1}", "{'a':7}", "['a']"));
    assertThat(coalescer(snapshot, event(Deleted, "{'a':1,'b':1}", "{}", "[]", "")).coalesced(ALL))
        .isNull();
  }

  @Test
  void deletedStaysAsItIsWhateverWasBefore() {
    assertThat(
            coalescer(
                    event(Created, "{'a':1}", "{}", "[]", ""),
                    event(Deleted, "{'a':1}", "{}", "[]", ""))
                .coalesced(ALL))
        .isNull();
  }

  @Test
  void deletedAndCreatedAgainIsUpdated() {
    Event deleted = event(Deleted, "{'a':1,'b':1}", "{}", "[]", "");
    Event created = event(Created, "{'a':2,'b':1}", "{}", "[]", "");
    assertThat(merged(deleted, created))
        .isEqualTo(event("Updated", "{'a':2,'b':1}", "{'a':1}", "['a']"));
    assertThat(merged(updated("{'a':1,'b':1}", "{'b':0}", "['b']"), deleted, created))
        .isEqualTo(event("Updated", "{'a':2,'b':1}", "{'a':1,'b':0}", "['a','b']"));
    // Without the replica identity only the key of what was deleted is known.
    assertThat(merged(event(Deleted, "{'a':2}", "{}", "[]", ""), created))
        .isEqualTo(event("Updated", "{'a':2,'b':1}", "null", "null"));
    // Who does not get Updated is told what they do get.
    assertThat(text(coalescer(deleted, created).coalesced(Set.of(Created, Deleted))))
        .isEqualTo(event("Created", "{'a':2,'b':1}", "{}", "[]"));
  }

  /** Its end tells what it was to the recipient, so that what comes after it can be compared. */
  @Test
  void deletedKeepsWhatTheRecipientWasSentLast() {
    Event updated = updated("{'a':2}", "{'a':1}", "['a']");
    Event deleted = event(Deleted, "{'a':2}", "{}", "[]", "");
    CoalescedEvent gone = coalescer(updated, deleted).coalesced(ALL);
    assertThat(text(gone)).isEqualTo(event("Deleted", "{'a':2}", "{'a':1}", "['a']"));
    EventCoalescer again = new EventCoalescer(Objects.requireNonNull(gone).in(deleted), true);
    again.add(event(Created, "{'a':3}", "{}", "[]", ""));
    assertThat(text(again.coalesced(ALL)))
        .isEqualTo(event("Updated", "{'a':3}", "{'a':1}", "['a']"));
  }

  @Test
  void createdAgainIsCreatedForWhoWasNeverSentIt() {
    Event deleted = event(Deleted, "{'a':1}", "{}", "[]", "");
    Event created = event(Created, "{'a':2}", "{}", "[]", "");
    EventCoalescer coalescer = new EventCoalescer(deleted, false);
    coalescer.add(created);
    assertThat(text(coalescer.coalesced(ALL))).isEqualTo(event("Created", "{'a':2}", "{}", "[]"));
    assertThat(merged(created, deleted, created))
        .isEqualTo(event("Created", "{'a':2}", "{}", "[]"));
  }

  /** They were read at another moment, or this one has changed them. */
  @Test
  void putsNoPartsOfAnotherMomentIntoIt() {
    String gone = ",'unavailable':['lines']";
    Event read =
        event(Updated, "{'a':1,'lines':[1]}", "{'a':0}", "['a']", ",'read':['lines'],'readAt':'1'");
    assertThat(merged(read, event(Updated, "{'a':2}", "{'a':1}", "['a']", gone)))
        .isEqualTo(
            "{'id':'evt_1','type':'order.updated','event':'Updated','data':{'a':2},"
                + "'previous':{'a':0},'changed':['a'],'unavailable':['lines']}");
    Event logged = updated("{'a':1,'lines':[1]}", "{'lines':[]}", "['lines']");
    assertThat(merged(logged, event(Updated, "{'a':1}", "{'lines':[1]}", "['lines']", gone)))
        .isEqualTo(
            "{'id':'evt_1','type':'order.updated','event':'Updated','data':{'a':1},"
                + "'previous':{'lines':[]},'changed':['lines'],'unavailable':['lines']}");
    assertThat(merged(logged, event(Updated, "{'a':2}", "{'a':1}", "['a']", gone)))
        .as("logged before, and not changed since")
        .contains("'lines':[1]")
        .doesNotContain("unavailable");
  }

  /** A large value that one of them brought and the next did not change is not lost. */
  @Test
  void fillsWhatTheLogDidNotHaveAgain() {
    assertThat(
            merged(
                event(Updated, "{'a':1,'text':'new'}", "{'text':'old'}", "['text']", ""),
                event(Updated, "{'a':2}", "{'a':1}", "['a']", ",'unavailable':['text','other']")))
        .isEqualTo(
            "{'id':'evt_1','type':'order.updated','event':'Updated','data':{'a':2,'text':'new'},"
                + "'previous':{'a':1,'text':'old'},'changed':['a','text'],"
                + "'unavailable':['other']}");
  }

  private static EventCoalescer coalescer(Event... events) {
    EventCoalescer coalescer = new EventCoalescer(events[0], true);
    List.of(events).subList(1, events.length).forEach(coalescer::add);
    return coalescer;
  }

  private static String merged(Event... events) {
    return text(coalescer(events).coalesced(ALL));
  }

  private static String text(@org.jspecify.annotations.Nullable CoalescedEvent coalesced) {
    return new String(Objects.requireNonNull(coalesced).json(), StandardCharsets.UTF_8)
        .replace('"', '\'');
  }

  private static Event updated(String data, String previous, String changed) {
    return event(Updated, data, previous, changed, "");
  }

  private static String event(String type, String data, String previous, String changed) {
    return "{'id':'evt_1','type':'order.%s','event':'%s','data':%s,'previous':%s,'changed':%s}"
        .formatted(type.toLowerCase(java.util.Locale.ROOT), type, data, previous, changed);
  }

  private static Event event(
      EventType type, String data, String previous, String changed, String more) {
    String json = event(type.name(), data, previous, changed);
    return new Event(
        "evt_1",
        "Order",
        "1",
        type,
        Instant.EPOCH,
        Position.of(1),
        (json.substring(0, json.length() - 1) + more + "}")
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8));
  }
}
