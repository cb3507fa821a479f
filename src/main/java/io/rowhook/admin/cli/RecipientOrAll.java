package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whom a command pauses or resumes: a recipient, or all of them by the kill switch. */
public final class RecipientOrAll {

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

  public ObjectNode into(ObjectNode request) {
    return request.put("recipient", recipient).put("all", all);
  }
}
