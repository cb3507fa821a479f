package io.rowhook.entity;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;

/** Takes what comes of one transaction, in order. */
public interface EventCollector {

  Transaction transaction();

  void event(Event event);

  /** A row that no event can be made of. */
  void reject(RejectedRow row);
}
