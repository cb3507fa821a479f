package io.rowhook.journal.kafka;

import io.rowhook.journal.rows.Place;
import io.rowhook.journal.rows.RowChange;
import io.rowhook.journal.rows.RowCodec;
import io.rowhook.journal.tables.RecipientNumbers;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The topics of one journal.
 *
 * @param prefix what their names begin with
 */
record Topics(String prefix) {

  /** By which a recipient's deliveries stand in one of 64 partitions. The number never changes. */
  static final RecipientNumbers NUMBERS = new RecipientNumbers(64);

  /** The events, in their order, and where the source's log is read. */
  String events() {
    return prefix + ".events";
  }

  /** What recipients have settled. */
  String deliveries() {
    return prefix + ".deliveries";
  }

  /** What any process may write. */
  String shared() {
    return prefix + ".shared";
  }

  List<String> names() {
    return List.of(events(), deliveries(), shared());
  }

  int partitions(String topic) {
    return topic.equals(deliveries()) ? NUMBERS.partitions() : 1;
  }

  /** All of their partitions. */
  List<TopicPartition> partitions() {
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : names()) {
      for (int partition = 0; partition < partitions(topic); partition++) {
        all.add(new TopicPartition(topic, partition));
      }
    }
    return all;
  }

  TopicPartition eventsPartition() {
    return new TopicPartition(events(), 0);
  }

  TopicPartition deliveriesPartition(int partition) {
    return new TopicPartition(deliveries(), partition);
  }

  TopicPartition sharedPartition() {
    return new TopicPartition(shared(), 0);
  }

  /** Where a row stands. */
  TopicPartition of(RowChange change) {
    return switch (change.table().place()) {
      case Place.EVENTS -> eventsPartition();
      case Place.SHARED -> sharedPartition();
      case Place.DELIVERIES -> deliveriesPartition(NUMBERS.partition(change.recipient()));
    };
  }

  /** A row as it is sent there. */
  ProducerRecord<byte[], byte[]> record(RowChange change) {
    TopicPartition partition = of(change);
    return new ProducerRecord<>(
        partition.topic(), partition.partition(), RowCodec.key(change), RowCodec.value(change));
  }

  /** The group that decides who has which partitions of a topic. */
  String group(String topic) {
    return topic.equals(events()) ? captureGroup() : deliverGroup();
  }

  /** The group that decides which process captures. */
  String captureGroup() {
    return prefix + ".capture";
  }

  /** The group that decides which process serves which recipients. */
  String deliverGroup() {
    return prefix + ".deliver";
  }
}
