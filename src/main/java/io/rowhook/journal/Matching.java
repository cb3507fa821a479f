package io.rowhook.journal;

/**
 * Which subscriptions decide about events up to a sequence: noted before the first of these is
 * dispatched, so that after a kill and an edit the same decisions are made again.
 *
 * @param through the last sequence that these may have decided about
 * @param definition the subscriptions and templates, in the dispatcher's own words
 */
public record Matching(long through, String definition) {}
