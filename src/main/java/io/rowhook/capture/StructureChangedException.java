package io.rowhook.capture;

/**
 * A table is not as it was when the engine was prepared: the engine stops, and one that knows the
 * table follows. No failure.
 */
final class StructureChangedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StructureChangedException(String message) {
    super(message);
  }
}
