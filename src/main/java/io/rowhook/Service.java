package io.rowhook;

import io.rowhook.admin.RunCommand;
import io.rowhook.admin.StartInspection;
import io.rowhook.capture.CaptureState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  private static final Duration SHORT = Duration.ofMillis(20);

  private final RunCommand.Options options;
  private final Map<String, String> env;
  private final Observers observers;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean asked;

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
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    try (Flow flow = Wiring.flow(options, env, observers)) {
      flow.start();
      awaitCapture(flow);
      flow.listen();
      log.info("started in {} ms", Duration.ofNanos(System.nanoTime() - begin).toMillis());
      Thread inspection = StartInspection.start(options, env);
      while (!stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        if (flow.capture() instanceof CaptureState.Stopped(String reason, boolean gap)) {
          if (gap) {
            flow.farewell();
          }
          throw new IllegalStateException(reason);
        }
      }
      inspection.interrupt();
      log.info("stopping");
      asked = true;
    } finally {
      stopped.countDown();
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
