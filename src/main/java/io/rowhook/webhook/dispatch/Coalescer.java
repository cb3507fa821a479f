package io.rowhook.webhook.dispatch;

import io.rowhook.entity.EventType;
import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Pending;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.SupersededDeliveries;
import io.rowhook.journal.SupersedingEvent;
import io.rowhook.recipient.Match;
import io.rowhook.webhook.Matchers;
import io.rowhook.webhook.Matchers.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a {@link DeliveryBuffer} what is attempted next; of a subscription that wants the
 * latest only ({@code latest-only}), the newest event of an entity instead of all that come before
 * it and were not attempted.
 *
 * <p>What was skipped and what is sent instead are durable before the attempt. Killed before that,
 * nothing was skipped; after it, the newest still stands where it stood, with its merged body. So
 * nothing is lost; at worst an older one, whose outcome the kill has taken, arrives as well.
 *
 * <p>In parallel processing the newest goes out at once; in sequential processing in its own place,
 * since else it would overtake what was committed before it. By {@code order: references} only what
 * names nothing is skipped or sent instead, and what stands for others comes before all that name
 * its entity.
 */
final class Coalescer {

  /** Events looked at in one step, and about so many bytes of them. */
  static final int STEP_EVENTS = 500;

  private static final long STEP_BYTES = 4L << 20;

  private final DeliveryBuffer buffer;
  private final SupersededDeliveries store;
  private final Matchers matchers;
  private boolean hasMore;

  Coalescer(DeliveryBuffer buffer, SupersededDeliveries store, Matchers matchers) {
    this.buffer = buffer;
    this.store = store;
    this.matchers = matchers;
  }

  /** See {@link DeliveryBuffer#next}. */
  List<Delivery> next(int most) throws InterruptedException {
    List<Delivery> next = new ArrayList<>();
    hasMore = false;
    boolean merges = false;
    while (next.size() < most && !hasMore) {
      Delivery delivery = buffer.queue().next();
      if (delivery == null) {
        break;
      }
      Optional<Match> match = latestOnly(delivery);
      if (match.isEmpty()) {
        next.add(delivery);
      } else {
        buffer.flush(); // an outcome still queued would be skipped although it was attempted
        Delivery latest = latest(delivery, match.get());
        merges |= latest == null || latest.sequence() != delivery.sequence();
        if (latest != null) {
          next.add(latest);
        }
      }
    }
    if (merges) {
      buffer.flush();
    }
    return next;
  }

  boolean hasMore() {
    return hasMore;
  }

  /** How one is sent that others may be skipped for; none if it was attempted or requested. */
  private Optional<Match> latestOnly(Delivery delivery) {
    String match = delivery.match();
    if (match == null
        || !matchers.hasLatestOnly()
        || delivery.attempts() > 0
        || delivery.redelivery() > 0
        || isInItsPlace(delivery.entry())) {
      return Optional.empty();
    }
    return Optional.of(Match.parse(match)).filter(one -> !one.latest().isEmpty());
  }

  /** The delivery to be attempted instead of this one; null: none of them yet. */
  private @Nullable Delivery latest(Delivery delivery, Match match) throws InterruptedException {
    List<SupersedingEvent> page = store.later(delivery.entry(), STEP_EVENTS, STEP_BYTES);
    List<SupersedingEvent> chain = new ArrayList<>();
    Set<Long> own = new HashSet<>(); // what the recipient has done itself
    int wanted = 0; // how many of the page, up to the last that is wanted
    Match newestMatch = match;
    if (!page.isEmpty()) {
      matchers.deciding(page.getLast().entry().sequence());
    }
    for (int i = 0; i < page.size(); i++) {
      SupersedingEvent superseding = page.get(i);
      Decision its = decision(superseding);
      if (its instanceof Decision.Own) {
        own.add(superseding.entry().sequence());
        continue;
      } else if (its instanceof Decision.NotWanted) {
        continue;
      }
      if (isInItsPlace(superseding.entry())
          || !(its instanceof Decision.Wanted(Match other))
          || !other.subscription().equals(match.subscription())) {
        break; // to be sent itself, and before what comes after it
      }
      chain.add(superseding);
      wanted = i + 1;
      newestMatch = other;
    }
    if (chain.isEmpty()) {
      return delivery;
    }
    boolean had = delivery.event().type() == EventType.Deleted && store.mayHave(delivery.entry());
    EventCoalescer coalescer = new EventCoalescer(delivery.event(), had);
    for (SupersedingEvent superseding : page.subList(0, wanted)) {
      if (own.contains(superseding.entry().sequence())) {
        coalescer.addOwn(superseding.event());
      } else {
        coalescer.add(superseding.event());
      }
    }
    List<Long> skipped = new ArrayList<>();
    skipped.add(delivery.sequence());
    chain.forEach(superseding -> skipped.add(superseding.entry().sequence()));
    skipped.removeLast();
    SupersedingEvent last = chain.getLast();
    CoalescedEvent coalesced = coalescer.coalesced(match.latest());
    buffer.skip(skipped, last.entry(), coalesced);
    DeliveryState state = last.onDisk() ? new Blocked() : new Pending();
    Delivery newest =
        new Delivery(last.entry(), state, newestMatch.text(), 0, null, 0, 0, coalesced);
    List<Delivery> gone = new ArrayList<>(buffer.queue().skip(delivery, newest));
    gone.add(delivery);
    for (Delivery one : gone) {
      if (!one.isStored()) {
        buffer.cursor().settled(one.sequence());
      }
    }
    if (buffer.inCommitOrder()) {
      buffer.queue().settled(delivery);
      return null;
    }
    Delivery instead = buffer.queue().replaceInFlight(delivery, newest);
    if (!newest.isStored()) {
      buffer.cursor().bufferedAhead(newest.sequence());
    }
    if (page.size() == STEP_EVENTS) {
      hasMore = true; // others have their turn before the rest of them
      buffer.queue().returnToHead(instead);
      return null;
    }
    return instead;
  }

  /**
   * Whether an event neither takes the place of an earlier one nor gives its own to a later one: by
   * {@code order: references} one that names others, which may come in between.
   */
  private boolean isInItsPlace(JournalEntry entry) {
    return buffer.queue().byReferences() && !entry.event().named().isNone();
  }

  private Decision decision(SupersedingEvent superseding) {
    String match = superseding.match();
    return match == null
        ? matchers.decide(superseding.entry())
        : new Decision.Wanted(Match.parse(match));
  }
}
