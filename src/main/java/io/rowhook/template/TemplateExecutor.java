package io.rowhook.template;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which JSLT runs, whoever asks: a bounded number of real ones, since a running
 * template cannot be stopped, and on a virtual thread would keep one of the few that all attempts
 * share. One that does not come to an end within {@link #LIMIT} is left to itself, at the lowest
 * priority, and what it rendered is quarantined: it is not run again until it is edited, or Rowhook
 * is started anew. The others go on, on another thread. Any thread may ask, and waits.
 */
public final class TemplateExecutor {

  /** Of processor time; rendering takes some 100 µs. */
  static final Duration LIMIT = Duration.ofSeconds(2);

  /** Of a thread's stack, and so of how deep a template may call itself: some 5,000 calls. */
  static final int STACK_BYTES = 1 << 20;

  /**
   * So many that were left to themselves may still be running; then no template is run any more.
   */
  public static final int MOST_LOST = 16;

  /**
   * One attribute set has half of the threads at most, so that it cannot keep the others waiting.
   */
  private static final int SHARE = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** A machine so busy that a thread gets no processor time is not the template's fault. */
  private static final int PATIENCE = 10;

  /** One that takes this part of the limit is slow, and runs alone until it is quick again. */
  private static final int SLOW_PART = 4;

  private static final int MOST_SHARES = 10_000;

  /** One for the process: what it bounds is the process's own. */
  public static final TemplateExecutor SHARED = new TemplateExecutor(LIMIT, SHARE, "");

  /** What is only tried out has threads and a quarantine of its own, and fewer may be lost. */
  static final TemplateExecutor DRAFTS =
      new TemplateExecutor(LIMIT, SHARE, ". It was only tried out: what is in force goes on");

  private static final Logger LOG = LoggerFactory.getLogger(TemplateExecutor.class);
  private static final ThreadLocal<@Nullable Run<?>> RUNNING = new ThreadLocal<>();
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  /**
   * What is not run any more.
   *
   * @param key an attribute set's hash, or {@link Condition#key}
   * @param name as in messages
   */
  public record Quarantined(String key, String name, String why, Instant since) {}

  private final Duration limit;
  private final int share;
  private final String tried; // in messages; empty: what is in force is run here
  private final Semaphore threads;
  private final Map<String, RenderingPermits> permitses = new ConcurrentHashMap<>();
  private final Map<String, Quarantined> quarantine = new ConcurrentHashMap<>();
  private final AtomicInteger lost = new AtomicInteger();
  private final LongAdder runs = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final Executor executor;

  TemplateExecutor(Duration limit, int share, String tried) {
    this.limit = limit;
    this.share = share;
    this.tried = tried;
    this.threads = new Semaphore(2 * share, true);
    AtomicInteger number = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            0,
            2 * share + MOST_LOST * 2,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work ->
                Thread.ofPlatform()
                    .daemon()
                    .name("template-" + number.incrementAndGet())
                    .stackSize(STACK_BYTES)
                    .unstarted(work));
  }

  /** What is in quarantine, by name. Any thread. */
  public static List<Quarantined> quarantined() {
    return SHARED.quarantine.values().stream()
        .sorted(Comparator.comparing(Quarantined::name))
        .toList();
  }

  /** How many threads run without an end. Any thread. */
  public static int lost() {
    return SHARED.lost.get();
  }

  /**
   * What has been run since the process started, conditions included.
   *
   * @param runs how often
   * @param time in all, without what each had to wait for its turn
   */
  public record Cost(long runs, Duration time) {}

  /** What has been run so far. Any thread. */
  public static Cost cost() {
    return new Cost(SHARED.runs.sum(), Duration.ofNanos(SHARED.nanos.sum()));
  }

  /** Thrown into a rendering that was given up. */
  public static final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GivenUpException() {
      super("given up", null, false, false);
    }
  }

  /**
   * What the rendering on this thread calls wherever it may run for long: throws {@link
   * GivenUpException} once it was given up. Cheap enough for each character of a text.
   */
  public static Runnable checkpoint() {
    Run<?> run = RUNNING.get();
    return run == null ? () -> {} : run::checkpoint;
  }

  /** Lets go what is not used any more, as after an edit. */
  void releaseQuarantined(Predicate<Quarantined> isGone) {
    quarantine.values().removeIf(isGone);
  }

  /**
   * Runs one rendering.
   *
   * @param key what is quarantined if it overruns
   * @param name the same in messages
   * @throws TemplateException as it does, or if it overruns, or has before
   * @throws CancellationException if the thread is interrupted meanwhile
   */
  public <T> T run(String key, String name, Callable<T> work) throws TemplateException {
    refuseQuarantined(key, name);
    if (permitses.size() > MOST_SHARES) {
      permitses.clear(); // of sets that were edited away
    }
    RenderingPermits own = permitses.computeIfAbsent(key, _ -> new RenderingPermits(share));
    try {
      own.enter();
      boolean quick = false;
      try {
        threads.acquire();
        try {
          refuseQuarantined(key, name); // by one that was waited for
          long begin = System.nanoTime();
          T made;
          try {
            made = await(key, name, new Run<>(work, lost), own);
          } finally {
            runs.increment();
            nanos.add(System.nanoTime() - begin);
          }
          quick = System.nanoTime() - begin < limit.toNanos() / SLOW_PART;
          return made;
        } finally {
          threads.release();
        }
      } finally {
        own.leave(quick);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted before " + name + " was rendered");
    }
  }

  private void refuseQuarantined(String key, String name) throws TemplateException {
    Quarantined known = quarantine.get(key);
    if (known != null) {
      throw new TemplateException(
          name
              + " is in quarantine since "
              + known.since
              + ", because "
              + known.why
              + (tried.isEmpty() ? ". Edit it, then rowhook replay --failed" : tried));
    }
    if (lost.get() >= MOST_LOST) {
      throw new TemplateException(
          name
              + ": no template is run any more, since "
              + MOST_LOST
              + " are running without an end. Mend them and restart Rowhook"
              + tried);
    }
  }

  private <T> T await(String key, String name, Run<T> run, RenderingPermits own)
      throws InterruptedException, TemplateException {
    executor.execute(run);
    for (int round = 1; ; round++) {
      try {
        return run.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        own.slow();
        if (round == PATIENCE || run.cpuNanos() >= limit.toNanos() / 2) {
          throw overrun(key, name, run);
        }
      } catch (InterruptedException e) {
        run.abandon();
        throw e;
      } catch (ExecutionException e) {
        throw failure(name, e.getCause());
      }
    }
  }

  private TemplateException overrun(String key, String name, Run<?> run) {
    run.abandon();
    String why = "it ran for longer than " + limit.toMillis() + " ms";
    if (quarantine.putIfAbsent(key, new Quarantined(key, name, why, Instant.now())) == null
        && tried.isEmpty()) {
      LOG.atError()
          .setMessage("template in quarantine: it is not run again until it is edited")
          .addKeyValue("template", name)
          .addKeyValue("why", why)
          .log();
    }
    return new TemplateException(name + ": " + why + ", and is in quarantine now");
  }

  private static TemplateException failure(String name, @Nullable Throwable cause) {
    if (cause instanceof TemplateException known) {
      return known;
    }
    String what = cause == null ? "" : cause.getClass().getSimpleName(); // its words may be a value
    return new TemplateException(name + " broke off: " + what);
  }

  /** One rendering, and what it has cost so far. */
  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it; it is a courtesy to the others
  private static final class Run<T> extends FutureTask<T> {
    private final AtomicInteger lost;
    private volatile @Nullable Thread thread;
    private volatile long cpuAtStart;
    private volatile boolean abandoned; // written while this is held
    private boolean ended; // guarded by this

    Run(Callable<T> work, AtomicInteger lost) {
      super(work);
      this.lost = lost;
    }

    private void checkpoint() {
      if (abandoned) {
        throw new GivenUpException();
      }
    }

    @Override
    public void run() {
      cpuAtStart = CLOCK.getCurrentThreadCpuTime();
      thread = Thread.currentThread();
      RUNNING.set(this);
      try {
        super.run();
      } finally {
        RUNNING.remove();
        synchronized (this) {
          ended = true;
          if (abandoned) {
            Thread.currentThread().setPriority(Thread.NORM_PRIORITY);
            lost.decrementAndGet();
          }
        }
      }
    }

    /** The most there can be where the machine does not tell. */
    long cpuNanos() {
      Thread runner = thread;
      long now = runner == null ? 0 : CLOCK.getThreadCpuTime(runner.threadId());
      return now < 0 ? Long.MAX_VALUE : now - cpuAtStart;
    }

    synchronized void abandon() {
      Thread runner = thread;
      if (!ended && !abandoned) {
        abandoned = true;
        lost.incrementAndGet();
        if (runner != null) {
          runner.setPriority(Thread.MIN_PRIORITY);
        }
      }
    }
  }
}
