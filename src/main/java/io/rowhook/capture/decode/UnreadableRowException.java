package io.rowhook.capture.decode;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowChange;

/** A row of which no {@link RowChange} can be made; carries what is reported of it. */
final class UnreadableRowException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient RejectedRow row;

  UnreadableRowException(RejectedRow row) {
    super(row.reason());
    this.row = row;
  }

  RejectedRow row() {
    return row;
  }
}
