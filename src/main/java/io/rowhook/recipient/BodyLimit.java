package io.rowhook.recipient;

/**
 * How large a recipient's bodies may be, and what becomes of one that is larger.
 *
 * @param bytes of the body as it is sent; at least {@link #MIN_BYTES}
 * @param then instead of sending it
 */
public record BodyLimit(long bytes, Then then) {

  /** The built-in set {@code notify} nearly always fits into this. */
  public static final long MIN_BYTES = 1024;

  /** What becomes of a body that is too large. */
  public enum Then {
    /** The delivery ends failed. */
    failed,
    /** The built-in set {@code notify} is sent in its place. */
    notify
  }

  public BodyLimit {
    if (bytes < MIN_BYTES) {
      throw new IllegalArgumentException(
          "max-body must be at least " + MIN_BYTES + " bytes, got: " + bytes);
    }
  }
}
