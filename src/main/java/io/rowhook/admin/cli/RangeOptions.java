package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for a range of events. */
public final class RangeOptions {

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Committed at or after: 2026-05-24T15:20:44Z, or how long ago: 2h.")
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

  /** Whether it has a bound. */
  public boolean isGiven() {
    return from != null || to != null || fromSequence != null || toSequence != null;
  }

  /** Whether it says from what time on. */
  public boolean hasFrom() {
    return from != null;
  }

  /** As members of a body. */
  public ObjectNode into(ObjectNode request) {
    return request
        .put("from", from == null ? null : from.toString())
        .put("to", to == null ? null : to.toString())
        .put("fromSequence", fromSequence)
        .put("toSequence", toSequence);
  }

  /** As parameters. */
  public Address into(Address address) {
    return address
        .with("from", from)
        .with("to", to)
        .with("fromSequence", fromSequence)
        .with("toSequence", toSequence);
  }
}
