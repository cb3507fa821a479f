package io.rowhook.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine running: checks the source, joins the epoch, starts an engine; when it ends, says
 * why and starts a new one after a while. Each engine begins at the slot's confirmed position, and
 * so reads again whatever was not marked.
 *
 * <p>Owns a supervisor thread, the slot watch's, and the engine's. Only a gap ends capture for
 * good: then a person has to decide.
 */
public final class Capture implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Capture.class);

  /** How long a slot may stay in use after the engine that used it has stopped. */
  private static final Duration RELEASE = Duration.ofSeconds(3);

  private final Source source;
  private final ChangeSink sink;
  private final Observer observer;
  private final Timing timing;
  private final Joining joining;
  private final SlotWatch watch;
  private final Thread supervisor = new Thread(this::supervise, "rowhook-capture");

  /** Held by whoever uses the sink. */
  private final ReentrantLock turn = new ReentrantLock();

  private volatile CaptureState state = new CaptureState.Starting();
  private volatile List<TableFacts> facts = List.of();

  // guarded by this
  private List<CapturedTable> tables;
  private boolean acceptGap;
  private boolean closing;
  private boolean restart;
  private boolean ended;
  private boolean streaming;
  private @Nullable Throwable failure;

  /**
   * @param acceptGap whether, before its first transaction, it may begin a new epoch once where row
   *     changes may be missing
   */
  public Capture(
      Source source,
      List<CapturedTable> tables,
      History history,
      ChangeSink sink,
      Observer observer,
      Timing timing,
      boolean acceptGap) {
    this.source = source;
    this.tables = List.copyOf(tables);
    this.sink = sink;
    this.observer = observer;
    this.timing = timing;
    this.acceptGap = acceptGap;
    this.joining = new Joining(source, history);
    this.watch = new SlotWatch(source, timing, observer, new Watched());
    supervisor.setDaemon(true);
  }

  /**
   * Checks the source, joins or begins the epoch, and starts. Returns before the first row.
   *
   * @throws SourceException if it cannot start; nothing runs then
   */
  public void start() {
    try {
      prepare();
    } catch (SourceException e) {
      stopped(e.problems().getFirst(), e.isGap());
      throw e;
    }
    watch.start();
    supervisor.start();
  }

  /** Where capture stands. Any thread. */
  public CaptureState state() {
    return state;
  }

  /** The slot at the last look. Any thread. */
  public Optional<SlotStatus> slot() {
    return watch.last();
  }

  /** What the catalog says of the captured tables, as of the last check. Any thread. */
  public List<TableFacts> tables() {
    return facts;
  }

  /**
   * What the catalog says of tables at this moment. Any thread.
   *
   * @throws SourceException if they cannot be captured, or the source cannot be asked
   */
  public List<TableFacts> look(List<CapturedTable> wanted) {
    return SourceCheck.tables(source, wanted).tables();
  }

  /**
   * Captures other tables from now on: checks them, alters the publication and starts a new engine.
   * Changes from before it returns are not sent for a table that is new.
   *
   * @throws SourceException if they cannot be captured; the old ones stay in force then
   */
  public synchronized void recapture(List<CapturedTable> wanted) {
    List<CapturedTable> before = tables;
    tables = List.copyOf(wanted);
    try {
      SourceCheck.Checked checked = SourceCheck.tables(source, tables);
      joining.publish(checked.tables());
    } catch (RuntimeException e) {
      tables = before;
      throw e;
    }
    restart = true;
    notifyAll();
  }

  /** Stops; the slot is free when this returns, within a few seconds. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      if (supervisor.isAlive()) {
        supervisor.join(timing.stop().multipliedBy(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watch.close();
    if (!(state instanceof CaptureState.Stopped)) {
      stopped("closed", false);
    }
  }

  private void supervise() {
    int failures = 0;
    boolean prepared = true;
    try {
      while (!isClosing()) {
        String reason;
        try {
          if (!prepared) {
            state = new CaptureState.Starting();
            joining.awaitRelease(RELEASE);
            prepare();
          }
          prepared = false;
          TransactionReader reader = reader();
          Optional<Throwable> failed = runEngine(reader);
          failures = reader.ends() > 0 ? 0 : failures;
          if (reader.ends() > 0) {
            nothingToAccept();
          }
          if (failed.isEmpty()) {
            continue; // asked to
          }
          Optional<SourceException> gap =
              CaptureFailure.source(failed.get()).filter(SourceException::isGap);
          if (gap.isPresent() && !accepts()) {
            throw gap.get();
          }
          if (gap.isPresent()) {
            joining.accept(gap.get().problems().getFirst());
            continue;
          }
          reason = CaptureFailure.reason(failed.get());
        } catch (SourceException e) {
          if (e.isGap()) {
            stopped(e.problems().getFirst(), true);
            return;
          }
          reason = String.join("\n", e.problems());
        } catch (RuntimeException e) {
          reason = CaptureFailure.reason(e);
        }
        waitFor(reason, timing.retry(++failures));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopped("closed", false);
  }

  /** A gap is accepted once, and only before the first transaction of this process. */
  private synchronized boolean accepts() {
    boolean accepts = acceptGap;
    acceptGap = false;
    return accepts;
  }

  /** What was asked for at the start does not hold for a gap that opens later. */
  private synchronized void nothingToAccept() {
    acceptGap = false;
  }

  private void prepare() {
    List<CapturedTable> wanted;
    boolean accept;
    synchronized (this) {
      wanted = tables;
      accept = acceptGap;
    }
    SourceCheck.Checked checked = SourceCheck.run(source, wanted);
    if (!checked.tables().equals(facts)) {
      checked.warnings().forEach(warning -> log.warn("{}", warning));
    }
    boolean accepted = joining.join(checked.tables(), accept);
    synchronized (this) {
      facts = checked.tables();
      acceptGap = accept && !accepted;
    }
  }

  private TransactionReader reader() {
    Map<TableId, TableFacts> byTable =
        facts.stream().collect(Collectors.toMap(TableFacts::table, Function.identity()));
    return new TransactionReader(
        source, new RowReader(byTable), sink, observer, joining::confirm, turn);
  }

  /** Runs one engine to its end. Empty: it was asked to stop. */
  private Optional<Throwable> runEngine(TransactionReader reader) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      sink.restart(facts);
    } finally {
      turn.unlock();
    }
    Engine engine;
    synchronized (this) {
      ended = false;
      restart = false;
      streaming = false;
      failure = null;
      engine = new Engine(source, tables, reader, this::engineEnded);
    }
    engine.start();
    watch.engine(reader);
    boolean late;
    try {
      late = !awaitEnd();
    } finally {
      reader.retire();
      watch.engine(null);
      engine.stop(timing.stop());
    }
    synchronized (this) {
      if (late) {
        return Optional.of(new CaptureFailure("the source did not send within " + timing.start()));
      }
      if (closing || restart) {
        return Optional.empty();
      }
      return Optional.of(
          failure == null ? new CaptureFailure("the engine ended by itself") : failure);
    }
  }

  /** Waits until the engine has ended or has to. False: it did not begin to stream in time. */
  private synchronized boolean awaitEnd() throws InterruptedException {
    long deadline = System.nanoTime() + timing.start().toNanos();
    while (!ended && !closing && !restart) {
      if (streaming) {
        wait();
      } else {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
    }
    return true;
  }

  private synchronized void engineEnded(@Nullable Throwable end) {
    failure = end;
    ended = true;
    notifyAll();
  }

  private void waitFor(String reason, Duration wait) throws InterruptedException {
    log.warn("capture failed, next try in {}: {}", wait, reason);
    state = new CaptureState.Waiting(reason, Instant.now().plus(wait));
    observer.failed(reason, wait);
    long deadline = System.nanoTime() + wait.toNanos();
    synchronized (this) {
      while (!closing && !restart) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    }
  }

  private void stopped(String reason, boolean gap) {
    if (state instanceof CaptureState.Stopped) {
      return;
    }
    state = new CaptureState.Stopped(reason, gap);
    if (gap) {
      log.error("capture has stopped: {}", reason);
    }
    observer.stopped(reason);
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private final class Watched implements SlotWatch.Listener {

    @Override
    public void streaming() {
      synchronized (Capture.this) {
        if (ended || closing) {
          return;
        }
        streaming = true;
        state = new CaptureState.Streaming(Instant.now());
        Capture.this.notifyAll();
      }
      log.info("Streaming from slot {}", source.slot());
      observer.streaming();
    }

    @Override
    public void lost() {
      synchronized (Capture.this) {
        restart = true; // the check before the next engine finds the words
        Capture.this.notifyAll();
      }
    }
  }
}
