package io.rowhook.benchmark;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What has come to the {@link LightReceiver}, in columns, so that a million requests leave no
 * million objects; and in blocks, so that nothing is ever copied: that would take 100 ms of the
 * very delays that are measured.
 */
final class Notes {

  private static final int RECIPIENTS = 1 << 10;

  private final List<Block> blocks = new ArrayList<>();
  private final int[] counts = new int[RECIPIENTS];
  private int size;

  private static final class Block {
    static final int SIZE = 1 << 14;

    final long[] at = new long[SIZE];
    final long[] committed = new long[SIZE];
    final long[] scheduled = new long[SIZE];
    final int[] id = new int[SIZE];
    final int[] ordinal = new int[SIZE];
    final int[] recipient = new int[SIZE];
  }

  void clear() {
    size = 0;
    Arrays.fill(counts, 0);
  }

  /** How many a recipient has got. */
  int count(int recipient) {
    return counts[recipient];
  }

  void add(Arrival one) {
    int row = size % Block.SIZE;
    if (size / Block.SIZE == blocks.size()) {
      blocks.add(new Block());
    }
    Block block = blocks.get(size / Block.SIZE);
    block.at[row] = one.at();
    block.committed[row] = one.committed();
    block.scheduled[row] = one.scheduled();
    block.id[row] = one.id();
    block.ordinal[row] = one.ordinal();
    block.recipient[row] = one.recipient();
    counts[one.recipient()]++;
    size++;
  }

  /** For {@link Receiving#arrivals()}. */
  void dump(Path file) throws IOException {
    try (var out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(size);
      for (int i = 0; i < size; i++) {
        Block block = blocks.get(i / Block.SIZE);
        int row = i % Block.SIZE;
        out.writeLong(block.at[row]);
        out.writeLong(block.committed[row]);
        out.writeLong(block.scheduled[row]);
        out.writeInt(block.id[row]);
        out.writeInt(block.ordinal[row]);
        out.writeInt(block.recipient[row]);
      }
    }
  }
}
