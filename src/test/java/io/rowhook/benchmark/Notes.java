package io.rowhook.benchmark;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What has come to the {@link LightReceiver}, in columns, so that a million requests leave no
 * million objects.
 */
final class Notes {

  private static final int RECIPIENTS = 1 << 10;

  private int size;
  private long[] at = new long[1 << 16];
  private long[] committed = new long[1 << 16];
  private long[] scheduled = new long[1 << 16];
  private int[] id = new int[1 << 16];
  private int[] ordinal = new int[1 << 16];
  private int[] recipient = new int[1 << 16];
  private final int[] counts = new int[RECIPIENTS];

  void clear() {
    size = 0;
    Arrays.fill(counts, 0);
  }

  /** How many a recipient has got. */
  int count(int recipient) {
    return counts[recipient];
  }

  void add(Arrival one) {
    if (size == at.length) {
      grow();
    }
    at[size] = one.at();
    committed[size] = one.committed();
    scheduled[size] = one.scheduled();
    id[size] = one.id();
    ordinal[size] = one.ordinal();
    recipient[size] = one.recipient();
    counts[one.recipient()]++;
    size++;
  }

  private void grow() {
    int larger = 2 * size;
    at = Arrays.copyOf(at, larger);
    committed = Arrays.copyOf(committed, larger);
    scheduled = Arrays.copyOf(scheduled, larger);
    id = Arrays.copyOf(id, larger);
    ordinal = Arrays.copyOf(ordinal, larger);
    recipient = Arrays.copyOf(recipient, larger);
  }

  /** For {@link Receiving#arrivals()}. */
  void dump(Path file) throws IOException {
    try (var out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(size);
      for (int i = 0; i < size; i++) {
        out.writeLong(at[i]);
        out.writeLong(committed[i]);
        out.writeLong(scheduled[i]);
        out.writeInt(id[i]);
        out.writeInt(ordinal[i]);
        out.writeInt(recipient[i]);
      }
    }
  }
}
