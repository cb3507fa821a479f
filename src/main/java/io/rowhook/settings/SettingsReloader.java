package io.rowhook.settings;

import io.rowhook.base.Durations;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.EntityType;
import io.rowhook.settings.reload.ContentFingerprint;
import io.rowhook.settings.reload.DiagnosticsReport;
import io.rowhook.settings.reload.SettingsOverlay;
import io.rowhook.settings.yaml.PendingEdits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts edited settings in force while Rowhook runs: looks at the content of all files, reads them
 * when it has changed, and hands on what is good, each file for itself (see {@link
 * SettingsOverlay}). What is bad is logged by its place, and its last good settings stay in force.
 * What is refused because of the source, which is away or lacks a table, a right or a replica
 * identity, is tried again by itself, every {@link #AGAIN} looks, until it passes or the files
 * change.
 *
 * <p>A change is taken when two looks in a row saw the same, so that a file that an editor has half
 * written, or a checkout half done, is not reported as an error.
 *
 * <p>One daemon thread does all of it and owns all state; {@link #current} and {@link #problems}
 * may be asked by any. Nothing that a look runs into ends it.
 */
public final class SettingsReloader implements AutoCloseable {

  /** Between two looks. */
  public static final Duration INTERVAL = Duration.ofSeconds(1);

  /** After so many looks what the source did not allow is tried again. */
  static final int AGAIN = 5;

  /** How long {@link #close} waits for settings that are just being put in force. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(SettingsReloader.class);

  private final Path connectorConfig;
  private final Path templates;
  private final Map<String, String> env;
  private final ReloadListener taker;
  private final SettingsTrial trial;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Held while files are looked at, read and put in force. */
  private final ReloadTurn turn = new ReloadTurn();

  private final Thread thread;

  private volatile Settings current;
  private final DiagnosticsReport report = new DiagnosticsReport();

  /** As of the last files that were read; null: none yet, or there was no directory. */
  private @Nullable SettingsReader read;

  /** Recipients that were paused since their attribute set is gone; while it is. */
  private Set<String> withdrawn = Set.of();

  private boolean again;
  private int looks;

  /** Whether the source has refused the entities that were read last. */
  private boolean entitiesStay;

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
  public SettingsReloader(
      Settings inForce,
      Path connectorConfig,
      Path templates,
      Map<String, String> env,
      ReloadListener taker) {
    this.current = inForce;
    this.connectorConfig = connectorConfig;
    this.templates = templates;
    this.env = Map.copyOf(env);
    this.taker = taker;
    this.trial = new SettingsTrial(connectorConfig, templates, this.env, taker);
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
    return report.problems();
  }

  /**
   * What would come of edits that are not on disk yet. Any thread.
   *
   * @throws SettingsException if the directory of the settings is not there, or if other settings
   *     are being put in force for longer than this
   */
  SettingsTrial.Result tried(PendingEdits edits, Duration most)
      throws SettingsException, InterruptedException {
    if (!turn.tryBegin(most)) {
      throw new SettingsException(List.of(ReloadTurn.BUSY));
    }
    try {
      return trial.of(edits, current, entitiesStay);
    } finally {
      turn.end();
    }
  }

  /** Where an editor waits until what it wrote is acted upon. */
  ReloadTurn turn() {
    return turn;
  }

  /** Stops looking; returns when nothing is being put in force any more. */
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(PATIENCE)) {
        log.warn(
            "settings are still being put in force after {}, not waiting longer",
            Durations.of(PATIENCE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      do {
        look();
        if (seen.equals(settled)) {
          turn.rest(INTERVAL);
        } else { // what was edited must stay as it is for so long
          closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
      } while (closed.getCount() > 0);
    } catch (InterruptedException e) {
      log.debug("settings are no longer watched");
    }
  }

  /** One look. Package-private so that a test need not wait. */
  public void look() throws InterruptedException {
    turn.begin();
    try {
      files();
      if (seen.equals(settled)) {
        turn.done(settled);
      }
    } catch (RuntimeException | Error e) {
      log.debug("a look at the settings broke off", e);
      report.report(
          List.of(
              connectorConfig
                  + ": the settings could not be put in force: "
                  + e
                  + ". It is tried again; those in force stay"),
          List.of());
      again = true;
    } finally {
      turn.end();
    }
  }

  private void files() throws InterruptedException {
    SortedMap<String, String> now = ContentFingerprint.all(connectorConfig, templates, named);
    boolean steady = now.equals(seen);
    seen = now;
    if (!steady) {
      return;
    }
    if (now.equals(settled)) {
      if (again && ++looks >= AGAIN) {
        lay();
      }
      return;
    }
    Set<Path> naming = new HashSet<>();
    SettingsReader next = null;
    List<String> missing = List.of();
    try {
      next =
          SettingsReader.read(
              connectorConfig, templates, env, naming, current, false, PendingEdits.NONE);
    } catch (SettingsException e) {
      missing = e.problems();
    } finally {
      named = naming;
    }
    if (!ContentFingerprint.all(connectorConfig, templates, named).equals(now)) {
      return; // edited while they were read, or others are named now: the next looks see to it
    }
    settled = now;
    read = next;
    again = false;
    if (next == null) {
      report.report(missing, List.of());
    } else {
      lay();
    }
  }

  /** Lays what was read over what is in force, entities first: these the source may refuse. */
  private void lay() throws InterruptedException {
    SettingsReader files = read;
    if (files == null) {
      return;
    }
    looks = 0;
    again = true; // should it break off
    boolean bySource = false;
    entitiesStay = false;
    List<String> refused = new ArrayList<>(files.problems());
    Optional<List<EntityType>> types = new SettingsOverlay(current, files).entities();
    if (types.isPresent()) {
      try {
        var result = new SettingsOverlay(current, files).with(types.get(), taker::look);
        bySource = result.bySource();
        refused.addAll(result.conflicts());
        entitiesStay = !result.conflicts().isEmpty();
        if (!entitiesStay) {
          taker.recapture(types.get());
          inForce(current.withEntities(types.get()));
        }
      } catch (SourceException e) {
        refused.addAll(e.problems());
        entitiesStay = true;
        bySource = true;
      }
    }
    if (entitiesStay) {
      files = heldAgainstEntitiesInForce(files);
      refused.addAll(files.problems());
    }
    SettingsOverlay overlay = new SettingsOverlay(current, files);
    SettingsOverlay.Result result = overlay.with(current.entities(), taker::lookOrKnown);
    for (Map.Entry<String, String> one : result.withdrawn().entrySet()) {
      if (!withdrawn.contains(one.getKey())) {
        taker.pause(one.getKey(), one.getValue());
      }
    }
    SettingsDiff changes = SettingsDiff.between(current, result.settings());
    if (!changes.isEmpty()) {
      taker.take(result.settings(), changes);
      inForce(result.settings());
    }
    withdrawn = Set.copyOf(result.withdrawn().keySet());
    taker.resumeAllBut(withdrawn);
    refused.addAll(result.problems());
    again = bySource || result.bySource();
    report.report(refused, overlay.notices());
  }

  /** The files again, the recipients' held against the entities that stay. */
  private SettingsReader heldAgainstEntitiesInForce(SettingsReader files) {
    try {
      return SettingsReader.read(
          connectorConfig, templates, env, new HashSet<>(), current, true, PendingEdits.NONE);
    } catch (SettingsException e) {
      return files; // the directory has just gone; the next look says so
    }
  }

  private void inForce(Settings next) throws InterruptedException {
    List<SettingsDiff.Change> changes = SettingsDiff.between(current, next).changes();
    changes.forEach(change -> log.info("settings: {}", change.words()));
    current = next;
    List<SettingsDiff.Change> untold = turn.untold(changes);
    if (!untold.isEmpty()) {
      taker.changed(untold);
    }
  }
}
