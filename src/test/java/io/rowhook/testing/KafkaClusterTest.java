package io.rowhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The brokers that other tests rely on: what they do when one is killed, stopped, or cut off. */
@Tag("slow")
class KafkaClusterTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private static final KafkaCluster cluster = KafkaCluster.start(3);

  @Test
  void oneOfThreeMayBeKilled() throws Exception {
    cluster.createTopic("killed", 1);
    try (KafkaProducer<String, String> producer = producer(cluster.bootstrapServers(), "killed")) {
      producer.initTransactions();
      commit(producer, "killed", "a");
      producer.beginTransaction();
      send(producer, "killed", "aborted");
      producer.abortTransaction();
      cluster.kill(1);
      commit(producer, "killed", "b");
    }
    assertThat(committed("killed", 2)).containsExactly("a", "b");
    cluster.restart(1);
    cluster.awaitReady();
  }

  @Test
  void oneMayBeStoppedAndAnotherPaused() throws Exception {
    cluster.createTopic("stopped", 3);
    try (KafkaProducer<String, String> producer = producer(cluster.bootstrapServers(), "stopped")) {
      producer.initTransactions();
      cluster.stop(3);
      assertThat(cluster.output(3)).contains("shut down completed");
      commit(producer, "stopped", "a");
      cluster.restart(3);
      cluster.awaitReady();
      cluster.pause(2);
      cluster.awaitReady();
      commit(producer, "stopped", "b");
      cluster.resume(2);
      cluster.awaitReady();
    }
    assertThat(committed("stopped", 2)).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void oneClientIsCutOffWhileOthersAreNot() throws Exception {
    cluster.createTopic("cut", 1);
    try (KafkaProducer<String, String> free = producer(cluster.bootstrapServers(), "free");
        KafkaProducer<String, String> apart =
            producer(cluster.bootstrapServersThroughCut(), "apart")) {
      free.initTransactions();
      apart.initTransactions();
      commit(apart, "cut", "a");
      cluster.cut();
      apart.beginTransaction();
      var held = apart.send(new ProducerRecord<>("cut", "c"));
      commit(free, "cut", "b");
      assertThat(held.isDone()).isFalse();
      cluster.mend();
      await(held);
      apart.commitTransaction();
      cluster.swallow();
      apart.beginTransaction();
      held = apart.send(new ProducerRecord<>("cut", "e"));
      commit(free, "cut", "d");
      assertThat(held.isDone()).isFalse();
      cluster.mend();
      await(held);
      apart.commitTransaction();
    }
    assertThat(committed("cut", 5)).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void noneOutlivesItsStarterNotEvenAPausedOne() throws Exception {
    try (RowhookProcess starter = RowhookProcess.command().main(Starter.class).start()) {
      starter.awaitLine(LIMIT, Starter.READY);
      List<ProcessHandle> children =
          ProcessHandle.of(starter.pid()).orElseThrow().descendants().toList();
      assertThat(children).as("the broker, and what pauses it").hasSizeGreaterThan(1);
      starter.kill();
      Eventually.within(
          LIMIT, "all have ended", () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  /** Has a broker, and pauses it. */
  static final class Starter {

    static final String READY = "paused";

    private Starter() {}

    public static void main(String[] arguments) throws InterruptedException {
      KafkaCluster.shared().pause(1);
      System.out.println(READY);
      Thread.currentThread().join();
    }
  }

  private static void commit(KafkaProducer<String, String> producer, String topic, String value)
      throws Exception {
    producer.beginTransaction();
    send(producer, topic, value);
    producer.commitTransaction();
  }

  private static void send(KafkaProducer<String, String> producer, String topic, String value)
      throws Exception {
    await(producer.send(new ProducerRecord<>(topic, value)));
  }

  private static void await(Future<?> sent) throws Exception {
    sent.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static KafkaProducer<String, String> producer(String servers, String id) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            id,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            5_000),
        new StringSerializer(),
        new StringSerializer());
  }

  /** The first so many that are committed. */
  private static List<String> committed(String topic, int count) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList());
      List<String> values = new ArrayList<>();
      Eventually.within(
          LIMIT,
          "what is committed is read",
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            return values.size() >= count;
          });
      return values;
    }
  }
}
