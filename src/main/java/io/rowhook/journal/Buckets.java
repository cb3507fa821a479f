package io.rowhook.journal;

import io.rowhook.base.Fingerprint;
import java.nio.ByteBuffer;

/**
 * Two sets of ids held against each other, whatever their order and in little memory: an id is put
 * into one of some buckets, once for each set that it is in. A bucket in which both sets have the
 * same is {@link #equal} afterwards. One thread's.
 */
public final class Buckets {

  static final int COUNT = 1024;

  private final long[] counts = new long[COUNT];
  private final long[] sums = new long[COUNT];

  /** One more in the first set. */
  public void add(String id) {
    put(id, 1);
  }

  /** One more in the second. */
  public void take(String id) {
    put(id, -1);
  }

  private void put(String id, int sign) {
    long number = Fingerprint.of(id);
    int bucket = (int) (number & (COUNT - 1));
    counts[bucket] += sign;
    sums[bucket] += sign * number;
  }

  /** Whether the sets have the same ids in the bucket of this one. */
  public boolean equal(String id) {
    int bucket = (int) (Fingerprint.of(id) & (COUNT - 1));
    return counts[bucket] == 0 && sums[bucket] == 0;
  }

  /** Whether they have the same. */
  public boolean allEqual() {
    for (int i = 0; i < COUNT; i++) {
      if (counts[i] != 0 || sums[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** All of it, to be kept. */
  public byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * COUNT * Long.BYTES);
    bytes.asLongBuffer().put(counts).put(sums);
    return bytes.array();
  }

  /** The reverse of {@link #bytes}; of none it is empty. */
  public static Buckets of(byte[] bytes) {
    Buckets buckets = new Buckets();
    if (bytes.length > 0) {
      ByteBuffer.wrap(bytes).asLongBuffer().get(buckets.counts).get(buckets.sums);
    }
    return buckets;
  }
}
