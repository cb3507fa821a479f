package io.rowhook.entity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a resync has come with one more chunk.
 *
 * @param job its number
 * @param lastKey of the last row that was read, as text; null: none was
 * @param shape what the keys are of: table, columns and types; empty: not known yet
 * @param again keys up to that one that are to be read once more, as text
 * @param read how many entities were read in all
 * @param sent how many of them had an event
 * @param done whether nothing is left
 */
public record ResyncProgress(
    long job,
    @Nullable String lastKey,
    String shape,
    List<String> again,
    long read,
    long sent,
    boolean done) {
  public ResyncProgress {
    again = List.copyOf(again);
  }
}
