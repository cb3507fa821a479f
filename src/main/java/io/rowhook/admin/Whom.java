package io.rowhook.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whom a command pauses or resumes: a recipient, or all of them by the kill switch. */
final class Whom {

  @Parameters(index = "0", paramLabel = "RECIPIENT", description = "Whom.")
  private @Nullable String recipient;

  @Option(names = "--all", required = true, description = "All: the kill switch.")
  private boolean all;

  /** Null where all are meant. */
  @Nullable String recipient() {
    return recipient;
  }

  boolean all() {
    return all;
  }

  ObjectNode into(ObjectNode request) {
    return request.put("recipient", recipient).put("all", all);
  }
}
