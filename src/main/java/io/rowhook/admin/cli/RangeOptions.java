package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options for a range of events that were. */
public final class RangeOptions {

  @Option(
      names = "--replay",
      paramLabel = "AGO",
      converter = TimeConverter.class,
      description = "All events since then, as 7d or 2h: what edits would have done to them.")
  private @Nullable Instant replay;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "The same for those committed at or after: 2026-05-24T15:20:44Z, or 2h.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Committed before.")
  private @Nullable Instant to;

  @Option(
      names = "--from-sequence",
      paramLabel = "N",
      description = "The first sequence that is meant.")
  private @Nullable Long fromSequence;

  @Option(
      names = "--to-sequence",
      paramLabel = "N",
      description = "The last sequence that is meant.")
  private @Nullable Long toSequence;

  /** Whether a range is meant, and not one event. */
  public boolean isGiven() {
    return replay != null
        || from != null
        || to != null
        || fromSequence != null
        || toSequence != null;
  }

  /**
   * As members of a body.
   *
   * @throws ParameterException if it begins twice
   */
  public ObjectNode into(ObjectNode request, CommandSpec command) {
    if (replay != null && from != null) {
      throw new ParameterException(
          command.commandLine(), "--replay says from when, and so does --from: give one of them");
    }
    Instant begin = replay == null ? from : replay;
    return request
        .put("from", begin == null ? null : begin.toString())
        .put("to", to == null ? null : to.toString())
        .put("fromSequence", fromSequence)
        .put("toSequence", toSequence);
  }
}
