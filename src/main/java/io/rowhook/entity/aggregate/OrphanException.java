package io.rowhook.entity.aggregate;

/** A change whose parent is neither in its transaction nor in the source any more. */
public final class OrphanException extends Exception {
  private static final long serialVersionUID = 1;

  OrphanException() {
    super(
        "the row that it belongs to was deleted before it could be looked up, so its entity is"
            + " not known; a later event of that entity has what became of it");
  }

  /**
   * It may be there, but could not be read.
   *
   * @param why without values
   */
  OrphanException(String why) {
    super(
        "the row that it belongs to could not be looked up, so its entity is not known; a later"
            + " event of that entity has what became of it: "
            + why);
  }
}
