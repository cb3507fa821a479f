package io.rowhook.testing;

import java.nio.file.Path;
import java.util.Map;

/**
 * The server process under a {@link SourceDatabase}. It has no port until first started, and keeps
 * port and data from then on until it is destroyed. One thread.
 */
interface DatabaseServer {

  /** Starts it, if it does not run; returns once it answers. */
  void start();

  /** Stops it cleanly, or at once where a client holds that up; nothing if it does not run. */
  void stop();

  /** Ends it at once, so that it has to recover when it is started again. */
  void crash();

  /** A copy of all its files, which does not run now; deleted with it. */
  Path backup();

  /** Puts a copy in the place of its files; it does not run now. */
  void restore(Path backup);

  /**
   * A server of its own that follows this one, which does not run now: made of its files, and not
   * started.
   *
   * @param primarySettings for the connection to this one and for what is taken over from it
   */
  DatabaseServer standby(Map<String, String> primarySettings);

  /** On the loopback. */
  int port();

  /** What it has logged, over all its starts. */
  String log();

  /** Stops it and deletes its data. */
  void destroy();
}
