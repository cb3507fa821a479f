package io.rowhook;

import io.rowhook.admin.RunCommand;
import io.rowhook.admin.StartInspection;
import io.rowhook.capture.CaptureState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flow as a process: from its start to the signal that ends it. SIGTERM and SIGINT stop
 * capture, let what is in flight end, and leave the slot free; the exit status is 0 then.
 */
public final class Service {

  private static final Logger log = LoggerFactory.getLogger(Service.class);

  /** How soon it is noticed that capture has ended for good; the process ends then. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** A source that takes longer to begin is waited for beside all else. */
  private static final Duration HEAD_START = Duration.ofSeconds(3);

  /** What waits for one that takes over has so long without anything beside it. */
  private static final Duration FIRST = Duration.ofSeconds(1);

  private static final Duration SHORT = Duration.ofMillis(20);

  private final RunCommand.Options options;
  private final Map<String, String> env;
  private final Observers observers;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean asked;

  /** Who opens the journal, which may wait for Kafka; guarded by this; null: it is done. */
  private @Nullable Thread opening;

  public Service(RunCommand.Options options, Map<String, String> env, Observers observers) {
    this.options = options;
    this.env = env;
    this.observers = observers;
  }

  /**
   * Runs until it is told to stop.
   *
   * @throws Exception if it cannot start, or capture has ended for good; the message is for the
   *     user
   */
  public void run() throws Exception {
    long begin = System.nanoTime();
    opening(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    try (Flow flow = flow()) {
      if (flow == null) {
        asked = true;
        return;
      }
      flow.handOver().onAsked(stopping::countDown);
      flow.startSending();
      awaitCapture(flow);
      if (options.takeOver()) {
        boolean _ = stopping.await(FIRST.toMillis(), TimeUnit.MILLISECONDS);
      }
      flow.startRest();
      flow.listen();
      log.info("started in {} ms", Duration.ofNanos(System.nanoTime() - begin).toMillis());
      Thread inspection =
          options.takeOver()
              ? Thread.ofVirtual().unstarted(() -> {}) // it was said before
              : StartInspection.start(options, env);
      while (!stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        if (flow.capture() instanceof CaptureState.Stopped(String reason, boolean gap)) {
          if (gap) {
            flow.farewell();
          }
          throw new IllegalStateException(reason);
        }
      }
      inspection.interrupt();
      log.info(flow.handOver().isAsked() ? "stopping: another process goes on" : "stopping");
      asked = true;
    } finally {
      stopped.countDown();
    }
  }

  /** Null: it was told to stop meanwhile. */
  private @Nullable Flow flow() throws Exception {
    try {
      if (!options.takeOver()) {
        return Wiring.flow(options, env, observers);
      }
      try (TakeOver takeOver = TakeOver.of(options, env, this::isStopping)) {
        return Wiring.flow(takeOver.start(), options, env, observers);
      }
    } catch (RuntimeException | InterruptedException e) {
      if (isStopping()) {
        log.info("stopping before it has started");
        return null;
      }
      throw e;
    } finally {
      opening(null);
      boolean _ = Thread.interrupted(); // too late for the journal; the flow is told by the latch
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private synchronized void opening(@Nullable Thread thread) {
    opening = thread;
  }

  private synchronized void breakOff() {
    if (opening != null) {
      opening.interrupt();
    }
  }

  /**
   * Gives capture the first moments to itself: what people ask comes after it, and takes as many
   * classes to load.
   */
  private void awaitCapture(Flow flow) throws InterruptedException {
    long end = System.nanoTime() + HEAD_START.toNanos();
    while (flow.capture() instanceof CaptureState.Starting && System.nanoTime() < end) {
      if (stopping.await(SHORT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** The end of the process waits for the end of the flow. */
  private void stop() {
    stopping.countDown();
    breakOff();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (asked) {
      log.info("stopped");
      Runtime.getRuntime().halt(0); // or a signal would be the exit status of a clean stop
    }
  }
}
