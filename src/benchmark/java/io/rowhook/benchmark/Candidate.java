package io.rowhook.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Who is measured: reads the bed's log and sends what it finds to a receiver. */
interface Candidate {

  /** Its name in the report. */
  String who();

  /**
   * Which mark of a request's body is that of the row as it is now: {@code first} or {@code last}.
   */
  String mark();

  /**
   * Starts it; returns when the source streams to it.
   *
   * @param directory empty, for its files
   */
  Spawned start(Bed bed, Path directory, URI url) throws IOException;
}
