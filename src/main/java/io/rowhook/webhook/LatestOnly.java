package io.rowhook.webhook;

import io.rowhook.entity.EventType;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Pending;
import io.rowhook.journal.Later;
import io.rowhook.journal.Merged;
import io.rowhook.journal.SupersededDeliveries;
import io.rowhook.recipient.Match;
import io.rowhook.webhook.Matchers.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a {@link Window} what is attempted next; of a subscription that wants the latest
 * only ({@code latest-only}), the newest event of an entity instead of all that come before it and
 * were not attempted.
 *
 * <p>What was skipped and what is sent instead are durable before the attempt. Killed before that,
 * nothing was skipped; after it, the newest still stands where it stood, with its merged body. So
 * nothing is lost; at worst an older one, whose outcome the kill has taken, arrives as well.
 *
 * <p>In parallel processing the newest goes out at once; in sequential processing in its own place,
 * since else it would overtake what was committed before it.
 */
final class LatestOnly {

  /** Events looked at in one step, and about so many bytes of them. */
  static final int STEP_EVENTS = 500;

  private static final long STEP_BYTES = 4L << 20;

  private final Window window;
  private final SupersededDeliveries ledger;
  private final Matchers matchers;
  private boolean hasMore;

  LatestOnly(Window window, SupersededDeliveries ledger, Matchers matchers) {
    this.window = window;
    this.ledger = ledger;
    this.matchers = matchers;
  }

  /** See {@link Window#next}. */
  List<Delivery> next(int most) throws InterruptedException {
    List<Delivery> next = new ArrayList<>();
    hasMore = false;
    boolean merges = false;
    while (next.size() < most && !hasMore) {
      Delivery owed = window.lanes().next();
      if (owed == null) {
        break;
      }
      Optional<Match> match = latestOnly(owed);
      if (match.isEmpty()) {
        next.add(owed);
      } else {
        window.flush(); // an outcome still queued would be skipped although it was attempted
        Delivery latest = latest(owed, match.get());
        merges |= latest == null || latest.sequence() != owed.sequence();
        if (latest != null) {
          next.add(latest);
        }
      }
    }
    if (merges) {
      window.flush();
    }
    return next;
  }

  boolean hasMore() {
    return hasMore;
  }

  /** How one is sent that others may be skipped for; none if it was attempted or requested. */
  private Optional<Match> latestOnly(Delivery owed) {
    String match = owed.match();
    if (match == null
        || !matchers.hasLatestOnly()
        || owed.attempts() > 0
        || owed.redelivery() > 0) {
      return Optional.empty();
    }
    return Optional.of(Match.parse(match)).filter(one -> !one.latest().isEmpty());
  }

  /** The delivery to be attempted instead of this one; null: none of them yet. */
  private @Nullable Delivery latest(Delivery owed, Match match) throws InterruptedException {
    List<Later> page = ledger.later(owed.entry(), STEP_EVENTS, STEP_BYTES);
    List<Later> chain = new ArrayList<>();
    int wanted = 0; // how many of the page, up to the last that is wanted
    if (!page.isEmpty()) {
      matchers.deciding(page.getLast().entry().sequence());
    }
    for (int i = 0; i < page.size(); i++) {
      Later later = page.get(i);
      Decision its = decision(later);
      if (its instanceof Decision.Undecidable
          || (its instanceof Decision.Wanted(Match other)
              && !other.subscription().equals(match.subscription()))) {
        break; // to be sent itself, and before what comes after it
      }
      if (its instanceof Decision.Wanted) {
        chain.add(later);
        wanted = i + 1;
      }
    }
    if (chain.isEmpty()) {
      return owed;
    }
    boolean had = owed.event().type() == EventType.Deleted && ledger.mayHave(owed.entry());
    Merging merging = new Merging(owed.event(), had);
    page.subList(0, wanted).forEach(later -> merging.add(later.event()));
    List<Long> skipped = new ArrayList<>();
    skipped.add(owed.sequence());
    chain.forEach(later -> skipped.add(later.entry().sequence()));
    skipped.removeLast();
    Later last = chain.getLast();
    Merged merged = merging.merged(match.latest());
    window.skip(skipped, last.entry(), merged);
    DeliveryState state = last.onDisk() ? new Blocked() : new Pending();
    Delivery newest = new Delivery(last.entry(), state, matchText(last), 0, null, 0, 0, merged);
    List<Delivery> gone = new ArrayList<>(window.lanes().skip(owed, newest));
    gone.add(owed);
    for (Delivery one : gone) {
      if (!one.isStored()) {
        window.progress().settled(one.sequence());
      }
    }
    if (window.inCommitOrder()) {
      window.lanes().settled(owed);
      return null;
    }
    Delivery instead = window.lanes().instead(owed, newest);
    if (!newest.isStored()) {
      window.progress().tookAhead(newest.sequence());
    }
    if (page.size() == STEP_EVENTS) {
      hasMore = true; // others have their turn before the rest of them
      window.lanes().putBack(instead);
      return null;
    }
    return instead;
  }

  private Decision decision(Later later) {
    String match = later.match();
    return match == null ? matchers.decide(later.entry()) : new Decision.Wanted(Match.parse(match));
  }

  private @Nullable String matchText(Later later) {
    return decision(later) instanceof Decision.Wanted(Match match) ? match.text() : null;
  }
}
