package io.rowhook.webhook;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;

/**
 * What an attempt's thread hands back to its {@link Courier}.
 *
 * @param delivery what was attempted, with the match that it went by
 * @param attempt for the attempt log
 * @param verdict what came of it
 */
record Outcome(Delivery delivery, Attempt attempt, Verdict verdict) {}
