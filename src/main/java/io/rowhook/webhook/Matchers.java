package io.rowhook.webhook;

import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Matching;
import io.rowhook.recipient.Match;
import io.rowhook.template.TemplateException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides once which events a recipient gets and how each is sent: by the subscriptions in force
 * when it is dispatched. Up to which event they have decided is durable before any of these goes
 * out, with some to spare, so that it costs a write for every few thousand. After a kill and an
 * edit the same decisions come out again: the same id never goes out with another body.
 *
 * <p>Owned by the dispatcher's thread.
 */
public final class Matchers {

  /** How many events more than are dispatched are noted as decided. */
  static final int AHEAD = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(RecipientDispatcher.class);

  private final DeliveryStore store;
  private final SubscriptionMatcher current;
  private final TreeMap<Long, SubscriptionMatcher> earlier =
      new TreeMap<>(); // by the last they decide about
  private final TreeMap<Long, Matching> toShorten = new TreeMap<>();
  private long noted; // up to here it is durable that the current one decides
  private long decided; // up to here decisions may have been used

  /** What is to be done about an event, by the first decision. */
  public sealed interface Decision {
    /** No subscription wants it. */
    record NotWanted() implements Decision {}

    /** It is the recipient's own doing, so it is not told of it. */
    record Own() implements Decision {}

    /** It is sent so. */
    record Wanted(Match match) implements Decision {}

    /** It has a delivery, which has to end failed, with the reason. */
    record Undecidable() implements Decision {}
  }

  /**
   * Starts from the recorded cursor.
   *
   * @param most the last event that can have been dispatched; what is noted beyond it was not used
   */
  Matchers(DeliveryStore store, SubscriptionMatcher current, long most) {
    this.store = store;
    this.current = current;
    List<Matching> all = store.matchings();
    for (Matching one : all) {
      boolean newest = one.equals(all.getLast());
      if (newest && one.definition().equals(current.definition())) {
        noted = one.through();
        decided = Math.max(decided, Math.min(noted, most));
      } else {
        long through = Math.min(one.through(), most);
        decided = Math.max(decided, through);
        of(current, one).ifPresent(matcher -> earlier.putIfAbsent(through, matcher));
        if (newest && through < one.through()) {
          toShorten.put(through, one);
        }
      }
    }
  }

  private static Optional<SubscriptionMatcher> of(SubscriptionMatcher current, Matching matching) {
    try {
      return Optional.of(current.as(matching.definition()));
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "what was decided before an edit cannot be read any more, so the settings in force"
              + " decide: {}",
          e.getMessage());
      return Optional.empty();
    }
  }

  /** Says that events up to this one are being decided about; durable when it returns. */
  public void deciding(long through) throws InterruptedException {
    decided = Math.max(decided, through);
    if (through > noted) {
      for (Map.Entry<Long, Matching> one : toShorten.entrySet()) {
        store.decide(new Matching(one.getKey(), one.getValue().definition()));
      }
      toShorten.clear();
      noted = decided + AHEAD;
      store.decide(new Matching(noted, current.definition()));
      store.flush();
    }
  }

  /** Decides about an event of the journal. */
  public Decision decide(JournalEntry entry) {
    try {
      SubscriptionMatcher matcher = at(entry.sequence());
      if (matcher.isOwn(entry.event())) {
        return new Decision.Own();
      }
      return matcher
          .match(entry.event())
          .<Decision>map(Decision.Wanted::new)
          .orElseGet(Decision.NotWanted::new);
    } catch (TemplateException e) {
      return new Decision.Undecidable();
    }
  }

  private SubscriptionMatcher at(long sequence) {
    Map.Entry<Long, SubscriptionMatcher> before = earlier.ceilingEntry(sequence);
    return before == null ? current : before.getValue();
  }

  /** Whether some subscription wants the latest only, so that there is a point in asking which. */
  public boolean hasLatestOnly() {
    return current.hasLatestOnly()
        || earlier.values().stream().anyMatch(SubscriptionMatcher::hasLatestOnly);
  }

  /** The last event that was decided about. */
  long decided() {
    return decided;
  }

  /** Notes how far the current subscriptions have come: what is edited next holds from there. */
  public void end() throws InterruptedException {
    if (noted > decided) {
      noted = decided;
      store.decide(new Matching(decided, current.definition()));
    }
  }
}
