package io.rowhook.admin.whatif;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.EventSearch;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDrafts.Tried;
import io.rowhook.webhook.DryRun;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What edits would have done to events of the journal, found out by rendering them; nothing is
 * sent, written or put in force. A few at a time, and the last few are kept, in memory. Any thread.
 */
public final class WhatIfs implements AutoCloseable {

  /** At once. */
  public static final int MOST = 2;

  /** That can still be asked for. */
  public static final int KEPT = 8;

  private final EventSearch events;
  private final Deque<WhatIf> jobs = new ArrayDeque<>(); // the newest first; guarded by this
  private final ReentrantLock reading = new ReentrantLock();
  private final Semaphore room = new Semaphore(Runtime.getRuntime().availableProcessors());
  private long last; // guarded by this
  private boolean closed; // guarded by this

  public WhatIfs(EventSearch events) {
    this.events = events;
  }

  /** Recipients of either settings, by name. */
  public static Set<String> names(Tried tried) {
    Set<String> names = new TreeSet<>();
    Stream.of(tried.inForce(), tried.edited())
        .flatMap(one -> one.recipients().stream())
        .forEach(one -> names.add(one.name()));
    return names;
  }

  /**
   * Begins one.
   *
   * @param recipients some of {@link #names}
   * @return how far it is
   * @throws DeliveryAdminException if too many run
   */
  public ObjectNode begin(Tried tried, Set<String> recipients, DeliveryFilter filter)
      throws DeliveryAdminException {
    List<WhatIf.Compared> compared = new ArrayList<>();
    for (String name : new TreeSet<>(recipients)) {
      compared.add(
          new WhatIf.Compared(name, run(tried.inForce(), name), run(tried.edited(), name)));
    }
    WhatIf begun;
    synchronized (this) {
      if (closed || jobs.stream().filter(WhatIf::isRunning).count() >= MOST) {
        throw new DeliveryAdminException(
            "%d run already, and more would be in each other's way. Wait for one, or end it"
                .formatted(MOST));
      }
      begun = new WhatIf(++last, compared, reading, room);
      jobs.addFirst(begun);
      if (jobs.size() > KEPT) {
        jobs.stream()
            .filter(one -> !one.isRunning())
            .reduce((_, oldest) -> oldest)
            .ifPresent(jobs::remove);
      }
      begun.start(() -> events.range(filter));
    }
    return begun.json();
  }

  private static @Nullable DryRun run(Settings settings, String name) {
    return settings.recipient(name).map(one -> new DryRun(one, settings.sets())).orElse(null);
  }

  /** One with what it has found; empty: there is none, or not any more. */
  public Optional<ObjectNode> show(long id) {
    return find(id).map(WhatIf::json);
  }

  /** How far each is, the newest first. */
  public synchronized List<ObjectNode> list() {
    return jobs.stream().map(WhatIf::summary).toList();
  }

  /** Ends one, unless it has ended. Returns it as {@link #show} does. */
  public Optional<ObjectNode> cancel(long id) {
    Optional<WhatIf> found = find(id);
    found.ifPresent(WhatIf::cancel);
    return found.map(WhatIf::json);
  }

  private synchronized Optional<WhatIf> find(long id) {
    return jobs.stream().filter(one -> one.id() == id).findFirst();
  }

  /** Lets go of all, with what their examples say: something in the journal was erased. */
  public synchronized void forget() {
    jobs.forEach(WhatIf::cancel);
    jobs.clear();
  }

  /** Ends all; nothing reads the journal when it returns. */
  @Override
  public void close() {
    List<WhatIf> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(jobs);
      forget();
    }
    try {
      for (WhatIf one : all) {
        one.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
