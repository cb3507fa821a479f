package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that narrow down which deliveries are meant. */
public final class FilterOptions {

  @Option(names = "--entity", paramLabel = "TYPE", description = "Of this entity only: Order.")
  private @Nullable String entity;

  @Option(names = "--id", paramLabel = "ID", description = "With this id; goes with --entity.")
  private @Nullable String id;

  @Mixin private RangeOptions range = new RangeOptions();

  /** As members of a body. */
  public ObjectNode into(ObjectNode request) {
    return range.into(request.put("entity", entity).put("id", id));
  }

  /** As parameters. */
  public Address into(Address address) {
    return range.into(address.with("entity", entity).with("id", id));
  }

  /** Whether it narrows anything by time or sequence. */
  public boolean hasBounds() {
    return range.isGiven();
  }
}
