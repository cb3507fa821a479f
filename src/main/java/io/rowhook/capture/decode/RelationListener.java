package io.rowhook.capture.decode;

import io.rowhook.capture.debezium.StructureChangedException;

/**
 * Told how the log describes each table of the publication, captured or not: once before the first
 * of its rows and again after whatever made PostgreSQL describe it anew. Called by the engine's
 * thread, before any row that is written so is handed on.
 */
@FunctionalInterface
public interface RelationListener {

  /**
   * Looks at it.
   *
   * @throws StructureChangedException to stop the engine before any of its rows: what ended before
   *     in the log is committed and marked, and nothing after it
   */
  void seen(Relation relation);
}
