package io.rowhook.journal;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a recipient acknowledged last of an entity.
 *
 * @param sequence of the event that it was sent for
 * @param digest of what was sent: two that are equal ask for the same
 */
public record Acknowledgement(long sequence, Digest digest) {

  /** SHA-256 of a request, without what differs each time. */
  public static final class Digest {

    private final byte[] bytes;

    private Digest(byte[] bytes) {
      this.bytes = bytes;
    }

    public static Digest of(byte[] bytes) {
      return new Digest(bytes.clone());
    }

    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return HexFormat.of().formatHex(bytes);
    }
  }
}
