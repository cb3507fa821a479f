package io.rowhook.journal.kafka;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Looks offsets up that must be there. */
final class Offsets {

  private Offsets() {}

  /** That of a partition. */
  static long of(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new IllegalStateException("no offset of " + partition);
    }
    return offset;
  }
}
