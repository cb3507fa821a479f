package io.rowhook.webhook;

import io.rowhook.recipient.Recipient;

/**
 * A recipient's settings, compiled: taken whole, replaced whole.
 *
 * @param recipient as in its file
 * @param wanting decides about what is dispatched
 * @param attempting makes the attempts
 */
record DispatcherSettings(Recipient recipient, Wanting wanting, Attempting attempting) {

  /** Whether these can be taken over without a new start: the same decisions, in the same order. */
  boolean continues(DispatcherSettings other) {
    return wanting.definition().equals(other.wanting.definition())
        && recipient.processing().getClass() == other.recipient.processing().getClass();
  }
}
