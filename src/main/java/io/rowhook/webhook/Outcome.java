package io.rowhook.webhook;

import io.rowhook.journal.Attempt;

/**
 * What an attempt's thread hands back to its {@link Courier}.
 *
 * @param owed what was attempted
 * @param attempt for the attempt log
 * @param verdict what came of it
 */
record Outcome(Owed owed, Attempt attempt, Verdict verdict) {}
