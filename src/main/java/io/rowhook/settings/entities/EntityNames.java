package io.rowhook.settings.entities;

import java.util.List;

/**
 * The entities that recipients may name. Immutable.
 *
 * @param described in {@code entities.yaml}
 * @param captured those that who names none gets: others than described where the source refuses
 *     these
 */
public record EntityNames(List<String> described, List<String> captured) {

  public EntityNames {
    described = List.copyOf(described);
    captured = List.copyOf(captured);
  }
}
