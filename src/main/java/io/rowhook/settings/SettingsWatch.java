package io.rowhook.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts edited settings in force while Rowhook runs: looks at the content of all files, reads them
 * when it has changed, and hands on what is good. What is bad is logged whole, and the last good
 * settings stay in force.
 *
 * <p>A change is taken when two looks in a row saw the same, so that a file that an editor has half
 * written, or a checkout half done, is not reported as an error.
 *
 * <p>One daemon thread does all of it and owns all state; {@link #current} and {@link #problems}
 * may be asked by any.
 */
public final class SettingsWatch implements AutoCloseable {

  /** Between two looks. */
  public static final Duration INTERVAL = Duration.ofSeconds(1);

  /** How long {@link #close} waits for settings that are just being put in force. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(SettingsWatch.class);

  /** Puts new settings in force. Called by the watch's thread, never twice at once. */
  @FunctionalInterface
  public interface Taker {

    /**
     * Puts them in force, or refuses them whole.
     *
     * @param settings that read well
     * @param changes between the last good ones and these; never empty
     * @throws SettingsException if they cannot be used for a reason that only their room knows, as
     *     a template that does not parse; then nothing of them may be in force
     * @throws InterruptedException if the watch is closed meanwhile
     */
    void take(Settings settings, SettingsDiff changes)
        throws SettingsException, InterruptedException;
  }

  private final Path connectorConfig;
  private final Path templates;
  private final Map<String, String> env;
  private final Taker taker;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private volatile Settings current;
  private volatile List<String> problems = List.of();

  /** What the last look saw, and what the last one that was acted upon saw. */
  private SortedMap<String, String> seen = new TreeMap<>();

  private SortedMap<String, String> settled = new TreeMap<>();

  /** What the last reading, good or bad, found named; the first one comes two looks after start. */
  private Set<Path> named = Set.of();

  /**
   * Watches from now on; looks at nothing before {@link #start}.
   *
   * @param inForce as {@link Settings#read} gave them, without what the command line changed; what
   *     was edited since is found at the first looks
   */
  public SettingsWatch(
      Settings inForce,
      Path connectorConfig,
      Path templates,
      Map<String, String> env,
      Taker taker) {
    this.current = inForce;
    this.connectorConfig = connectorConfig;
    this.templates = templates;
    this.env = Map.copyOf(env);
    this.taker = taker;
    this.thread = Thread.ofPlatform().daemon().name("settings").unstarted(this::run);
  }

  /** Begins to look, every {@link #INTERVAL}. */
  public void start() {
    thread.start();
  }

  /** The settings in force: the last good ones. */
  public Settings current() {
    return current;
  }

  /** What is wrong with the files as they are now; empty while the files are what is in force. */
  public List<String> problems() {
    return problems;
  }

  /** Stops looking; returns when nothing is being put in force any more. */
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(PATIENCE)) {
        log.warn("settings are still being put in force after {}, not waiting longer", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      do {
        look();
      } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      log.debug("settings are no longer watched");
    }
  }

  /** One look. Package-private so that a test need not wait. */
  void look() throws InterruptedException {
    SortedMap<String, String> now = SettingsHashes.all(connectorConfig, templates, named);
    boolean steady = now.equals(seen);
    seen = now;
    if (!steady || now.equals(settled)) {
      return;
    }
    try {
      Settings read = read();
      if (!edited(now)) {
        settled = now;
        take(read);
      }
    } catch (SettingsException e) {
      if (!edited(now)) {
        settled = now;
        refuse(e);
      }
    }
  }

  private Settings read() throws SettingsException {
    Set<Path> naming = new HashSet<>();
    try {
      return Settings.read(connectorConfig, templates, env, naming);
    } finally {
      named = naming;
    }
  }

  /**
   * Whether files were edited while they were read, or others are named now: then the next looks
   * see to it.
   */
  private boolean edited(SortedMap<String, String> now) {
    return !SettingsHashes.all(connectorConfig, templates, named).equals(now);
  }

  private void take(Settings read) throws InterruptedException {
    SettingsDiff changes = SettingsDiff.between(current, read);
    if (changes.isEmpty()) {
      if (!problems.isEmpty()) {
        log.info("the settings are good again, and the same as before");
      }
      problems = List.of();
      return;
    }
    try {
      taker.take(read, changes);
      current = read;
      problems = List.of();
      changes.lines().forEach(line -> log.info("settings: {}", line));
    } catch (SettingsException e) {
      refuse(e);
    } catch (RuntimeException e) {
      problems = List.of("The settings could not be put in force: " + e);
      log.error("the settings could not be put in force; the ones before stay", e);
    }
  }

  private void refuse(SettingsException e) {
    problems = e.problems();
    problems.forEach(problem -> log.error("settings refused: {}", problem));
    log.warn("the settings were edited and are not good; the last good ones stay in force");
  }
}
