package io.rowhook.admin.whatif;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.journal.EventRange;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalException;
import io.rowhook.template.DraftRendering;
import io.rowhook.webhook.DryRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders each event of a range by two states of the settings, for each recipient that they differ
 * for, and counts what is different. Goes through the journal page by page, on as many threads as
 * there are processors: platform threads, since one that computes would keep a virtual one's
 * carrier from all others. Any thread.
 */
final class WhatIf {

  /** How far one is. */
  enum State {
    running,
    done,
    cancelled,
    failed
  }

  /** Of bodies in the examples of one. */
  private static final long EXAMPLE_CHARACTERS = 2_000_000;

  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(WhatIf.class);

  /**
   * Settings for one recipient without and with the edits.
   *
   * @param before null: it is new
   * @param after null: it is gone
   */
  record Compared(String recipient, @Nullable DryRun before, @Nullable DryRun after) {

    boolean isSame() {
      return before != null && after != null && before.isSameAs(after);
    }
  }

  private record Line(Compared of, Tally tally) {}

  private final long id;
  private final List<String> unaffected;
  private final List<Line> lines = new ArrayList<>();
  private final Instant beganAt = Instant.now();
  private final long began = System.nanoTime();
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong examined = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>(); // guarded by this
  private final Lock reading;
  private final Semaphore room;
  private State state = State.running; // this and all below are guarded by this
  private @Nullable String reason;
  private long tookNanos;

  /**
   * @param compared the recipients in the order of their names
   * @param reading held for each page, so that of all of them together one reads at a time
   * @param room of all of them together, for each page that is computed
   */
  WhatIf(long id, List<Compared> compared, Lock reading, Semaphore room) {
    this.id = id;
    this.reading = reading;
    this.room = room;
    AtomicLong characters = new AtomicLong(EXAMPLE_CHARACTERS);
    this.unaffected = compared.stream().filter(Compared::isSame).map(Compared::recipient).toList();
    for (Compared one : compared) {
      if (!one.isSame()) {
        lines.add(new Line(one, new Tally(one.recipient, characters)));
      }
    }
  }

  /** Begins; where no recipient is concerned it only counts the events. */
  void start(Supplier<EventRange> range) {
    Thread first = Thread.ofPlatform().daemon().name("what-if-" + id).unstarted(() -> run(range));
    synchronized (this) {
      threads.add(first);
    }
    first.start();
  }

  private void run(Supplier<EventRange> supplier) {
    work(() -> {
      EventRange range = read(supplier);
      while (isRunning()) {
        long more = read(range::countOn);
        if (more < 0) {
          break;
        }
        events.addAndGet(more);
      }
      if (!lines.isEmpty()) {
        compare(range);
      }
    });
    synchronized (this) {
      end(State.done, null);
    }
  }

  /** On this thread and some more; returns when all have ended. */
  private void compare(EventRange range) throws InterruptedException {
    List<Thread> more = new ArrayList<>();
    for (int i = 1; i < Runtime.getRuntime().availableProcessors(); i++) {
      more.add(
          Thread.ofPlatform()
              .daemon()
              .name("what-if-%d-%d".formatted(id, i))
              .unstarted(() -> work(() -> pages(range))));
    }
    synchronized (this) {
      threads.addAll(more);
    }
    more.forEach(Thread::start);
    try {
      work(() -> pages(range));
    } finally {
      for (Thread one : more) {
        one.join();
      }
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void work(Work work) {
    try {
      work.run();
    } catch (InterruptedException | CancellationException e) {
      end(State.cancelled, null);
    } catch (JournalException e) {
      end(State.failed, e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("what edits would have done could not be found out", e);
      end(State.failed, "a fault of Rowhook itself; its log has it");
    }
  }

  private <T> T read(Supplier<T> what) throws InterruptedException {
    reading.lockInterruptibly();
    try {
      return what.get();
    } finally {
      reading.unlock();
    }
  }

  private void pages(EventRange range) throws InterruptedException {
    while (isRunning()) {
      room.acquire();
      try {
        List<JournalEntry> page = read(range::next);
        if (page.isEmpty()) {
          return;
        }
        DraftRendering.call(() -> {
          page(page);
          return page;
        });
      } finally {
        room.release();
      }
    }
  }

  private void page(List<JournalEntry> page) {
    for (JournalEntry entry : page) {
      if (!isRunning()) {
        return;
      }
      lines.forEach(line -> compare(line, entry));
      examined.incrementAndGet();
    }
  }

  private static void compare(Line line, JournalEntry entry) {
    DryRun before = line.of.before;
    DryRun after = line.of.after;
    DryRun.Plan old = plan(before, entry);
    DryRun.Plan now = plan(after, entry);
    if (before != null && after != null && before.makesTheSame(old, after, now)) {
      if (!(old instanceof DryRun.Plan.NotWanted)) {
        line.tally.same();
      }
      return;
    }
    line.tally.compare(entry, render(before, old, entry), render(after, now, entry));
  }

  private static DryRun.Plan plan(@Nullable DryRun run, JournalEntry entry) {
    return run == null ? new DryRun.Plan.NotWanted() : run.plan(entry.event());
  }

  private static DryRun.Result render(@Nullable DryRun run, DryRun.Plan plan, JournalEntry entry) {
    return run == null ? new DryRun.Result.NotWanted() : run.render(plan, entry.event());
  }

  long id() {
    return id;
  }

  synchronized boolean isRunning() {
    return state == State.running;
  }

  /** Ends it, unless it has ended. */
  private synchronized void end(State how, @Nullable String why) {
    if (state == State.running) {
      state = how;
      reason = why;
      tookNanos = System.nanoTime() - began;
    }
  }

  /** Ends it, unless it has ended. */
  void cancel() {
    end(State.cancelled, null);
    synchronized (this) {
      threads.forEach(Thread::interrupt);
    }
  }

  /** Waits, some seconds at most, until it reads no more. */
  void join() throws InterruptedException {
    List<Thread> all;
    synchronized (this) {
      all = List.copyOf(threads);
    }
    for (Thread thread : all) {
      if (thread.isAlive() && !thread.join(FAREWELL)) {
        LOG.warn("what edits would have done is still being found out, not waiting longer");
        return;
      }
    }
  }

  /** How far it is. */
  synchronized ObjectNode summary() {
    long nanos = state == State.running ? System.nanoTime() - began : tookNanos;
    return Json.MAPPER
        .createObjectNode()
        .put("id", id)
        .put("state", state.name())
        .put("reason", reason)
        .put("beganAt", beganAt.toString())
        .put("events", events.get())
        .put("examined", examined.get())
        .put("elapsedMillis", nanos / 1_000_000);
  }

  /** The same with what it has found by now. */
  ObjectNode json() {
    ObjectNode json = summary();
    ArrayNode all = json.putArray("recipients");
    lines.forEach(line -> all.add(line.tally.json()));
    unaffected.forEach(json.putArray("unaffected")::add);
    return json;
  }
}
