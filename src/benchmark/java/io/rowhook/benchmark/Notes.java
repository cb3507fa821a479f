package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What has come to the {@link LightReceiver}, as it is dumped, so that a million requests leave no
 * million objects; and in blocks, so that nothing is ever copied: that would take 100 ms of the
 * very delays that are measured.
 */
final class Notes {

  private static final int RECIPIENTS = 1 << 14;
  private static final int ROW = 3 * Long.BYTES + 3 * Integer.BYTES;
  private static final int ROWS = 1 << 14; // of a block

  private final List<ByteBuffer> blocks = new ArrayList<>();
  private final int[] counts = new int[RECIPIENTS];
  private int size;

  void clear() {
    size = 0;
    blocks.forEach(ByteBuffer::clear);
    Arrays.fill(counts, 0);
  }

  /** How many a recipient has got. */
  int count(int recipient) {
    return counts[recipient];
  }

  void add(Arrival one) {
    if (size == blocks.size() * ROWS) {
      blocks.add(ByteBuffer.allocate(ROWS * ROW));
    }
    blocks
        .get(size / ROWS)
        .putLong(one.at())
        .putLong(one.committed())
        .putLong(one.scheduled())
        .putInt(one.id())
        .putInt(one.ordinal())
        .putInt(one.recipient());
    counts[one.recipient()]++;
    size++;
  }

  /** For {@link Receiving#arrivals()}. */
  void dump(Path file) throws IOException {
    try (var out = Channels.newChannel(Files.newOutputStream(file))) {
      out.write(ByteBuffer.allocate(Integer.BYTES).putInt(size).flip());
      for (ByteBuffer block : blocks) {
        out.write(block.duplicate().flip());
      }
    }
  }
}
