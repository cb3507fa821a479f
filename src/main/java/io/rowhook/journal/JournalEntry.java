package io.rowhook.journal;

import io.rowhook.entity.Event;

/**
 * An event in the journal.
 *
 * @param sequence its place: grows in commit order, with gaps; never given twice
 * @param event the event
 */
public record JournalEntry(long sequence, Event event) {}
