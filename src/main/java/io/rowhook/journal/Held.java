package io.rowhook.journal;

import org.jspecify.annotations.Nullable;

/**
 * What a recipient acknowledged last of an entity.
 *
 * @param sequence of the event that said it; 0: nothing is known
 * @param there whether the recipient has it: it was not told of its end
 * @param state see {@link io.rowhook.entity.EntityState}; null: the recipient does not have it
 * @param rendering the fingerprint of the attribute set's hash; null: not known
 */
public record Held(long sequence, boolean there, @Nullable Long state, @Nullable Long rendering) {

  /** Nothing. */
  public static final Held NOTHING = new Held(0, false, null, null);
}
