package io.rowhook.admin.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whom a command pauses or resumes: a recipient, or all of them by the kill switch. */
public final class RecipientOrAll {

  /** Where all are stopped. */
  public static final Address KILL_SWITCH = Address.of("v1", "kill-switch");

  @Parameters(index = "0", paramLabel = "RECIPIENT", description = "Whom.")
  private @Nullable String recipient;

  @Option(names = "--all", required = true, description = "All: the kill switch.")
  private boolean all;

  /** Null where all are meant. */
  @Nullable
  public String recipient() {
    return recipient;
  }

  public boolean all() {
    return all;
  }
}
