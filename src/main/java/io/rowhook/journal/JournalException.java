package io.rowhook.journal;

/**
 * The journal cannot do what it must: locked, unwritable, full or damaged; the message says which,
 * where, and what to do.
 */
public final class JournalException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What is wrong, for whoever has to decide between trying again and stopping. */
  public enum Kind {
    /** Another process has it; may pass. */
    LOCKED,
    /** The file or its directory cannot be written or read: rights, mount, disk; may pass. */
    UNWRITABLE,
    /** No space; passes when there is some. */
    FULL,
    /** Kafka, which stands behind the file, does not answer or does not accept it; may pass. */
    UNREACHABLE,
    /** The file is damaged: nothing is read or written any more; a person has to act. */
    DAMAGED,
    /** Written by a newer Rowhook, or no journal at all; a person has to act. */
    FOREIGN,
    /** Another process, which shares the journal, has taken over what was to be written. */
    TAKEN_OVER,
    /** This one request cannot be done; others can. */
    REFUSED,
    /** The journal was closed. */
    CLOSED;

    /** Whether waiting may help, since it lies with the journal's surroundings. */
    public boolean mayPass() {
      return this == LOCKED || this == UNWRITABLE || this == FULL || this == UNREACHABLE;
    }
  }

  private final Kind kind;

  public JournalException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public JournalException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** One request that cannot be done. */
  public JournalException(String message, Throwable cause) {
    this(Kind.REFUSED, message, cause);
  }

  public Kind kind() {
    return kind;
  }
}
