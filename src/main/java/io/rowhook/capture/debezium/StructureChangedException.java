package io.rowhook.capture.debezium;

/**
 * A table is not as it was when the engine was prepared: the engine stops, and one that knows the
 * table follows. No failure.
 */
public final class StructureChangedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public StructureChangedException(String message) {
    super(message);
  }
}
