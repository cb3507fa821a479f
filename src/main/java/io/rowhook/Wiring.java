package io.rowhook;

import io.rowhook.admin.RunCommand;

/** The whole flow, built by hand. To come. */
final class Wiring {
  private Wiring() {}

  /** Runs the service until it is stopped. */
  @SuppressWarnings("DoNotCallSuggester") // until it is wired
  static void run(RunCommand.Options options) {
    throw new UnsupportedOperationException("the flow is not wired yet: " + options);
  }
}
