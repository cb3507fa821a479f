package io.rowhook.webhook;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.webhook.policy.AttemptResult;

/**
 * What an attempt's thread hands back to its {@link RecipientDispatcher}.
 *
 * @param delivery what was attempted, with the match that it went by
 * @param attempt for the attempt log
 * @param result what came of it
 * @param first whether it is the first of its request: the recipient has failed once, not as often
 *     as its request had deliveries
 */
public record AttemptOutcome(
    Delivery delivery, Attempt attempt, AttemptResult result, boolean first) {}
