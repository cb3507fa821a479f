package io.rowhook.journal;

import java.time.Duration;

/**
 * How the journal's writer gets on at this moment, for who watches over it.
 *
 * @param alive whether there is a thread that writes
 * @param writing for how long the commit has been under way that is being made; zero: none is
 */
public record JournalPulse(boolean alive, Duration writing) {}
