package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.base.Json;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.DispatcherStatus;
import io.rowhook.webhook.RecipientState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever follows what happens, as it happens: attempts as they are settled, and every half a
 * second what state of a recipient or of capture is another. Costs nothing while nobody follows.
 * Any thread.
 */
public final class LiveEvents implements DeliveryListener {

  /** So many may follow at once. */
  static final int MOST = 16;

  /** What may wait for a caller that does not read; more of it ends its stream. */
  static final int WAITING = 1_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(LiveEvents.class);

  private final Object lock = new Object();
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final Map<String, LiveEvent> states = new LinkedHashMap<>(); // under the lock
  private boolean watched; // under the lock

  /**
   * Something that happened.
   *
   * @param name {@code attempt}, {@code recipient} or {@code capture}
   * @param recipient whose; empty: nobody's
   */
  public record LiveEvent(String name, String recipient, ObjectNode data) {}

  /** One who follows. */
  public final class Subscription implements Feed {

    private final BlockingQueue<LiveEvent> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Optional<String> recipient;
    private volatile @Nullable String end;

    private Subscription(Optional<String> recipient) {
      this.recipient = recipient;
    }

    /** The next that happened, or null if nothing did for so long. */
    public @Nullable LiveEvent next(Duration limit) throws InterruptedException {
      return waiting.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Why nothing more comes, in words; null: it goes on, or something waits to be read. */
    public @Nullable String end() {
      return waiting.isEmpty() ? end : null;
    }

    private void offer(LiveEvent event) {
      if (end == null
          && (recipient.isEmpty() || event.recipient().equals(recipient.get()))
          && !waiting.offer(event)) {
        end = "dropped, for more has happened than was read"; // a hole is from here on
      }
    }

    private void endUnlessServed(SqliteJournal journal) {
      if (recipient.isPresent() && !journal.sharing().serves(recipient.get())) {
        end = "another instance serves " + recipient.get() + " now";
      }
    }

    /** Follows no more. */
    @Override
    public void close() {
      subscriptions.remove(this);
    }
  }

  /** Follows from now on, and is told first how everything is; empty: too many follow. */
  Optional<Subscription> subscribe(RunningService service, Optional<String> recipient) {
    synchronized (lock) {
      if (subscriptions.size() >= MOST) {
        return Optional.empty();
      }
      Subscription subscription = new Subscription(recipient);
      states.values().forEach(subscription::offer);
      subscriptions.add(subscription);
      if (!watched) {
        watched = true;
        Thread.ofVirtual().name("live events").start(() -> watch(service));
      }
      return Optional.of(subscription);
    }
  }

  @Override
  public void settled(String recipient, JournalEntry entry, Attempt attempt, DeliveryState state) {
    if (subscriptions.isEmpty()) {
      return;
    }
    ObjectNode data =
        Json.MAPPER
            .createObjectNode()
            .put("recipient", recipient)
            .put("event", entry.event().id())
            .put("sequence", entry.sequence())
            .put("entity", entry.event().entityType())
            .put("id", entry.event().entityId())
            .put("type", entry.event().type().name())
            .put("number", attempt.number())
            .put("at", attempt.at().toString())
            .put("tookMillis", attempt.took().toMillis())
            .put("status", attempt.status())
            .put("error", attempt.error());
    switch (state) {
      case DeliveryState.Delivered() -> data.put("outcome", "delivered");
      case DeliveryState.Retrying(Instant at) ->
          data.put("outcome", "waiting").put("next", at.toString());
      case DeliveryState.Failed(String reason) ->
          data.put("outcome", "failed").put("reason", reason);
      case DeliveryState.Pending _, DeliveryState.InFlight _, DeliveryState.Blocked _ ->
          data.put("outcome", "open");
    }
    tell(new LiveEvent("attempt", recipient, data));
  }

  private void tell(LiveEvent event) {
    subscriptions.forEach(one -> one.offer(event));
  }

  /** For as long as anybody follows. */
  private void watch(RunningService service) {
    try {
      while (looks(service)) {
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("what is live cannot be told: {}", e.toString());
      synchronized (lock) {
        watched = false;
      }
    }
  }

  private boolean looks(RunningService service) {
    List<LiveEvent> now = now(service);
    subscriptions.forEach(one -> one.endUnlessServed(service.journal()));
    synchronized (lock) {
      watched = !subscriptions.isEmpty();
      if (!watched) {
        states.clear();
        return false;
      }
      for (LiveEvent state : now) {
        if (!state.equals(states.put(state.recipient(), state))) {
          tell(state);
        }
      }
      return true;
    }
  }

  private static List<LiveEvent> now(RunningService service) {
    List<LiveEvent> now = new ArrayList<>();
    ObjectNode capture =
        Json.MAPPER.createObjectNode().put("state", service.capture().get().line());
    now.add(new LiveEvent("capture", "", capture));
    for (DispatcherStatus status : service.dispatchers().statuses()) {
      ObjectNode data =
          Json.MAPPER
              .createObjectNode()
              .put("recipient", status.recipient())
              .put("state", RecipientState.of(status).name())
              .put("trouble", status.trouble());
      Pause pause = status.pause();
      if (pause != null) {
        data.putObject("pause")
            .put("kind", pause.kind().name())
            .put("at", pause.at().toString())
            .put("until", pause.until().map(Instant::toString).orElse(null))
            .put("reason", pause.reason());
      }
      now.add(new LiveEvent("recipient", status.recipient(), data));
    }
    return now;
  }
}
