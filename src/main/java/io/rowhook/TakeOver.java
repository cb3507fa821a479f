package io.rowhook;

import io.rowhook.admin.AdminServer;
import io.rowhook.admin.Predecessor;
import io.rowhook.admin.RunCommand;
import io.rowhook.admin.StartInspection;
import io.rowhook.base.Durations;
import io.rowhook.capture.HeadStart;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.JournalInspection;
import io.rowhook.journal.SuccessorLock;
import io.rowhook.settings.ReplicaIdentityCheck;
import io.rowhook.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on in the place of the Rowhook that runs on a journal. Everything that a start may be
 * refused for, and everything that takes time, comes first, while that one works; then it is asked
 * to let go. Who writes is decided by the journal's lock, as ever. The main thread only.
 */
final class TakeOver implements AutoCloseable {

  /** A service that ends has let go of the journal by then, or hangs. */
  private static final Duration LETS_GO = Duration.ofSeconds(30);

  /** How long the engine may take until only the slot is missing. */
  private static final Duration ENGINE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(TakeOver.class);

  private Wiring.Start start;
  private final SuccessorLock lock;
  private final BooleanSupplier stopping;

  private TakeOver(Wiring.Start start, SuccessorLock lock, BooleanSupplier stopping) {
    this.start = start;
    this.lock = lock;
    this.stopping = stopping;
  }

  /**
   * Gets ready, and has the one that runs let go. Returns when journal and slot are free. Where
   * none runs, that is at once.
   *
   * @param stopping whether this process is told to end, for which nobody is asked to let go
   * @throws SettingsException if the settings are not good
   * @throws RuntimeException if it cannot go on in that one's place, which goes on itself then; in
   *     words for the user
   * @throws InterruptedException if this process is told to end
   */
  static TakeOver of(RunCommand.Options options, Map<String, String> env, BooleanSupplier stopping)
      throws SettingsException, IOException, InterruptedException {
    Wiring.Start start = Wiring.start(options, env);
    Path file = start.file();
    TakeOver takeOver = new TakeOver(start, SuccessorLock.take(file), stopping);
    try {
      if (JournalInspection.isRunning(file)) {
        takeOver.await(options, env);
      } else {
        start.read().admin().ifPresent(AdminServer::check);
        log.info(
            "no Rowhook runs on journal {}: nothing has to be taken over, and this is a start like any other. If one does run, it has another journal",
            file.toAbsolutePath().normalize());
      }
      return takeOver;
    } catch (RuntimeException | SettingsException | IOException | InterruptedException e) {
      takeOver.close();
      throw e;
    }
  }

  private void await(RunCommand.Options options, Map<String, String> env)
      throws SettingsException, IOException, InterruptedException {
    try (Predecessor before = Predecessor.of(start.file())) {
      start.read().admin().ifPresent(before::check);
      HeadStart headStart = look(before.source());
      StartInspection.start(options, env).join();
      checkNeeded();
      WarmUp.run(start);
      checkNeeded();
      if (!headStart.startEngine(ENGINE)) {
        log.info("the engine starts only after the other one has let go, which takes longer");
      }
      start = start.with(headStart);
      checkNeeded(); // the last moment: whoever was asked ends
      log.info("ready: process {} is asked to let go of journal and slot", before.process());
      before.handOver();
      if (!lock.awaitFree(LETS_GO)) {
        throw new IllegalStateException(
            "process %d was asked to let go of journal %s, and has not within %s: it hangs. Nothing was taken from it. It ends if it comes to itself, so end it (kill -9 %d), and start this one again"
                .formatted(
                    before.process(), start.file(), Durations.of(LETS_GO), before.process()));
      }
      log.info("process {} has let go", before.process());
    }
  }

  /** An interrupt alone may be lost in what is interrupted. */
  private void checkNeeded() throws InterruptedException {
    if (stopping.getAsBoolean()) {
      throw new InterruptedException("told to end");
    }
  }

  /** What the start would be refused for, while that harms nobody. */
  private HeadStart look(Predecessor.Source other) throws SettingsException {
    List<EntityType> entities = start.read().entities();
    HeadStart looked =
        HeadStart.look(start.source(), CapturePlan.of(entities), other.suspended(), other.epoch());
    ReplicaIdentityCheck check = new ReplicaIdentityCheck(entities, _ -> looked.facts());
    List<String> problems =
        start.read().recipients().stream()
            .flatMap(recipient -> check.problems(recipient).stream())
            .toList();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return looked;
  }

  /** What was read for the start. */
  Wiring.Start start() {
    return start;
  }

  /** The journal is this process's own by now, or it gives up. */
  @Override
  public void close() {
    lock.close();
  }
}
