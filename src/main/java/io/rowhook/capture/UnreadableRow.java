package io.rowhook.capture;

/** A row of which no {@link RowChange} can be made; carries what is reported of it. */
final class UnreadableRow extends Exception {

  private static final long serialVersionUID = 1;

  private final transient RejectedRow row;

  UnreadableRow(RejectedRow row) {
    super(row.reason());
    this.row = row;
  }

  RejectedRow row() {
    return row;
  }
}
