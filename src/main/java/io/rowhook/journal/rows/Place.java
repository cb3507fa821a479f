package io.rowhook.journal.rows;

/** Where the rows of a table stand in the shared log, and so who may write them. */
public enum Place {
  /** With the events: written by the one process that captures. */
  EVENTS,
  /** With a recipient's deliveries: written by the one process that serves it. */
  DELIVERIES,
  /** Written by any process: rows that never change, or whose last writer is right. */
  SHARED
}
