package io.rowhook.webhook.dispatch;

import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.SubscriptionMatcher;

/**
 * A recipient's settings, compiled: taken whole, replaced whole.
 *
 * @param recipient as in its file
 * @param matcher decides about what is dispatched
 * @param worker makes the attempts
 */
public record DispatcherSettings(
    Recipient recipient, SubscriptionMatcher matcher, DeliveryWorker worker) {

  /** Whether these can be taken over without a new start: the same decisions, in the same order. */
  boolean continues(DispatcherSettings other) {
    return matcher.definition().equals(other.matcher.definition())
        && recipient.processing().getClass() == other.recipient.processing().getClass()
        && recipient.processing().order() == other.recipient.processing().order()
        && recipient.request().batch().equals(other.recipient.request().batch());
  }
}
