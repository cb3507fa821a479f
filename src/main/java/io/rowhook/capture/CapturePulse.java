package io.rowhook.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How capture's engine gets on at this moment, for who watches over it.
 *
 * @param alive whether there is a thread that would start another engine
 * @param silence for how long nothing has come through the engine that should have; zero where none
 *     streams, or it is taking a batch
 * @param busy for how long the engine has been taking one batch; zero: it takes none
 * @param publicationAltered since when the publication is seen to be another than the engine was
 *     prepared for; empty: it is not
 */
public record CapturePulse(
    boolean alive, Duration silence, Duration busy, Optional<Instant> publicationAltered) {

  static CapturePulse of(
      Thread supervisor, Optional<EngineRun> run, Optional<Instant> publicationAltered) {
    return new CapturePulse(
        supervisor.isAlive() || supervisor.getState() == Thread.State.NEW,
        run.map(EngineRun::silence).orElse(Duration.ZERO),
        run.map(EngineRun::busy).orElse(Duration.ZERO),
        publicationAltered);
  }
}
