package io.rowhook.recipient;

import java.util.Optional;

/**
 * The way to a recipient, and how much of it is used.
 *
 * @param proxy what its requests go through; empty: nothing. A proxy for all is in here already
 * @param rate how fast attempts may start; empty: as fast as they can
 */
public record ConnectionOptions(Optional<HttpProxy> proxy, Optional<Rate> rate) {

  /** Directly, and as fast as it goes. */
  public static final ConnectionOptions DEFAULT =
      new ConnectionOptions(Optional.empty(), Optional.empty());
}
