package io.rowhook.webhook;

import io.rowhook.entity.EventType;
import io.rowhook.journal.Later;
import io.rowhook.journal.Ledger;
import io.rowhook.journal.Merged;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.TemplateException;
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
  private final Ledger ledger;
  private boolean hasMore;

  LatestOnly(Window window, Ledger ledger) {
    this.window = window;
    this.ledger = ledger;
  }

  /** See {@link Window#next}. */
  List<Owed> next(int most, Wanting wanting) throws InterruptedException {
    List<Owed> next = new ArrayList<>();
    hasMore = false;
    boolean merges = false;
    while (next.size() < most && !hasMore) {
      Owed owed = window.lanes().next();
      if (owed == null) {
        break;
      }
      Optional<Subscription> subscription = subscription(owed, wanting);
      if (subscription.isEmpty()) {
        next.add(owed);
      } else {
        window.flush(); // an outcome still queued would be skipped although it was attempted
        Owed latest = latest(owed, subscription.get(), wanting);
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

  /** Whose deliveries may be skipped; none where it was attempted or a person wants it. */
  private static Optional<Subscription> subscription(Owed owed, Wanting wanting) {
    if (!wanting.hasLatestOnly() || owed.attempts() > 0 || owed.redelivery() > 0) {
      return Optional.empty();
    }
    try {
      return wanting.deciding(owed.entry().event()).filter(Subscription::latestOnly);
    } catch (TemplateException e) {
      return Optional.empty(); // its attempt will say so
    }
  }

  /** The delivery to be attempted instead of this one; null: none of them yet. */
  private @Nullable Owed latest(Owed owed, Subscription subscription, Wanting wanting)
      throws InterruptedException {
    List<Later> page = ledger.later(owed.entry(), STEP_EVENTS, STEP_BYTES);
    List<Later> chain = new ArrayList<>();
    int wanted = 0; // how many of the page, up to the last that is wanted
    for (int i = 0; i < page.size(); i++) {
      Later later = page.get(i);
      Optional<Subscription> its;
      try {
        its = wanting.deciding(later.entry().event());
      } catch (TemplateException e) {
        break; // to be sent itself, and to fail
      }
      if (its.isPresent() && !its.get().equals(subscription)) {
        break; // to be sent itself, and before what comes after it
      }
      if (its.isPresent()) {
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
    Merged merged = merging.merged(subscription.events());
    window.skip(skipped, last.entry(), merged);
    Owed newest = new Owed(last.entry(), 0, null, null, 0, 0, merged, last.onDisk());
    List<Owed> gone = new ArrayList<>(window.lanes().skip(owed, newest));
    gone.add(owed);
    for (Owed one : gone) {
      if (!one.onDisk()) {
        window.progress().settled(one.sequence());
      }
    }
    if (window.inCommitOrder()) {
      window.lanes().settled(owed);
      return null;
    }
    window.lanes().instead(owed, newest);
    if (!newest.onDisk()) {
      window.progress().tookAhead(newest.sequence());
    }
    if (page.size() == STEP_EVENTS) {
      hasMore = true; // others have their turn before the rest of them
      window.lanes().putBack(newest);
      return null;
    }
    return newest;
  }
}
