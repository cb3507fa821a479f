package io.rowhook.crash;

import io.rowhook.testing.SourceDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What goes wrong in a story, one after the other: deaths, cut connections, restarts. One thread.
 */
final class Disturbances {

  /** A start takes about two seconds; a third of the random deaths fall into it. */
  private static final int START_MILLIS = 2000;

  private static final List<HaltPoint> HALT_POINTS =
      Arrays.stream(HaltPoint.values()).filter(point -> point.mostPassings > 0).toList();

  private final SourceDatabase source;
  private final Child child;
  private final Writers writers;
  private final SplittableRandom random;
  private int terminated;
  private int restarted;

  Disturbances(SourceDatabase source, Child child, Writers writers, SplittableRandom random) {
    this.source = source;
    this.child = child;
    this.writers = writers;
    this.random = random;
  }

  void happen(CrashStory.Length length) throws InterruptedException {
    List<Runnable> all = new ArrayList<>();
    int atPoints = length.kills() / 2;
    for (int i = 0; i < atPoints; i++) {
      HaltPoint point = HALT_POINTS.get(i % HALT_POINTS.size());
      all.add(() -> child.haltAt(point, 1 + random.nextInt(point.mostPassings)));
    }
    int early = (length.kills() - atPoints) / 3;
    for (int i = 0; i < early; i++) {
      all.add(this::dieEarly);
    }
    int late = length.kills() - atPoints - early;
    for (int i = 0; i < late; i++) {
      int terminations = share(length.terminations(), late, i);
      int restarts = share(length.restarts(), late, i);
      all.add(() -> live(length.lifeMillis(), terminations, restarts));
    }
    shuffle(all);
    for (Runnable one : all) {
      one.run();
      writers.check();
      pause(300); // for the writers to get ahead
    }
  }

  /** How often the walsender was terminated, and PostgreSQL restarted. */
  String counts() {
    return terminated + " walsenders terminated, PostgreSQL restarted " + restarted + " times";
  }

  /** What falls to the i-th of so many, if they share evenly. */
  private static int share(int all, int among, int i) {
    return all * (i + 1) / among - all * i / among;
  }

  private void dieEarly() {
    child.start();
    pause(START_MILLIS);
    child.kill("killed while starting");
  }

  /** Rowhook outlives its connections and its source, and is killed then. */
  private void live(int lifeMillis, int terminations, int restarts) {
    child.start();
    long walsender = child.awaitStreaming(source);
    for (int i = 0; i < terminations; i++) {
      pause(lifeMillis);
      if ("t".equals(source.query("SELECT pg_terminate_backend(" + walsender + ")"))) {
        terminated++;
      }
      walsender = child.awaitStreaming(source, walsender);
    }
    for (int i = 0; i < restarts; i++) {
      pause(lifeMillis);
      if (restarted++ % 2 == 0) {
        source.restart();
      } else {
        source.crash();
        source.restart();
      }
      walsender = child.awaitStreaming(source, walsender);
    }
    pause(lifeMillis);
    child.kill("killed");
  }

  /** At a random moment is what is wanted here: no condition is waited for. */
  private void pause(int mostMillis) {
    try {
      Thread.sleep(random.nextInt(mostMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void shuffle(List<Runnable> all) {
    for (int i = all.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      Runnable moved = all.set(i, all.get(other));
      all.set(other, moved);
    }
  }
}
