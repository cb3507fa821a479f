package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes clients of Kafka: with the user's properties, and above them those that the journal's
 * promises rest upon. Any thread.
 *
 * @param clientId tells this process from others, in Kafka's own tools and to the other instances
 */
record Clients(KafkaSettings settings, String clientId) {

  /** After so long without a sign of life a process has lost what it owned. */
  static final Duration SESSION = Duration.ofSeconds(10);

  /**
   * How long a round of a group waits for a member that does not come. By default five minutes; and
   * brokers that were killed while instances were did wait for one that was long gone.
   */
  private static final Duration ROUND = Duration.ofSeconds(60);

  /** How long one request may take, and a commit be without an answer before it is asked again. */
  static final Duration REQUEST = Duration.ofSeconds(10);

  /** How long Kafka may take to answer at all, so that a wrong address is said soon. */
  private static final Duration REACHED = Duration.ofSeconds(15);

  /** After so long without an end the brokers end a transaction by themselves. */
  private static final Duration TRANSACTION = Duration.ofSeconds(10);

  /**
   * How long it waits before it asks again for the first time; each further time twice as long, up
   * to a second. A transaction is refused while the brokers have not written the end of the one
   * before everywhere, some milliseconds: with the client's own 100 a commit took 220 ms where it
   * takes 30 with this (three brokers on one machine).
   */
  private static final Duration AGAIN = Duration.ofMillis(5);

  /** The brokers' own limit is 1 MB for a batch by default; an event may have more. */
  static final int MAX_RECORD = 16 << 20;

  private Map<String, Object> common(String suffix, Set<String> known) {
    Map<String, Object> all = new HashMap<>();
    settings
        .properties()
        .forEach((name, value) -> {
          if (known.contains(name)) {
            all.put(name, value);
          }
        });
    all.put("bootstrap.servers", settings.bootstrapServers());
    all.put("client.id", clientId + suffix);
    all.putIfAbsent("request.timeout.ms", (int) REQUEST.toMillis());
    all.putIfAbsent("reconnect.backoff.max.ms", 1_000);
    all.put("enable.metrics.push", false);
    return all;
  }

  /**
   * Asks and makes; the first that is made.
   *
   * @throws JournalException if there can be none with these settings
   */
  Admin admin() {
    Map<String, Object> all = common("-admin", AdminClientConfig.configNames());
    all.putIfAbsent("default.api.timeout.ms", (int) REACHED.toMillis());
    try {
      return Admin.create(all);
    } catch (KafkaException e) {
      throw refused(e);
    }
  }

  /**
   * Makes one of each kind and asks nothing of them.
   *
   * @throws JournalException if there can be none with these settings
   */
  void check() {
    try {
      producer("").close(Duration.ZERO);
      reader("-check").close(CloseOptions.timeout(Duration.ZERO));
      member("check").close(CloseOptions.timeout(Duration.ZERO));
    } catch (KafkaException e) {
      throw refused(e);
    }
  }

  private static JournalException refused(KafkaException e) {
    Throwable why = e;
    while (why.getCause() != null) {
      why = why.getCause();
    }
    return new JournalException(
        Kind.REFUSED,
        "rowhook.yaml: journal.kafka: Kafka's client takes these settings not: " + why.getMessage(),
        e);
  }

  /** Of each suffix a process has one: another of the same id ends what it has left open. */
  Producer<byte[], byte[]> producer(String suffix) {
    Map<String, Object> all = common(suffix, ProducerConfig.configNames());
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, clientId + suffix);
    all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION.toMillis());
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) REQUEST.toMillis());
    all.putIfAbsent(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) REQUEST.plusSeconds(5).toMillis());
    all.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD);
    all.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, (int) AGAIN.toMillis());
    all.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 0);
    all.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> reading(String suffix) {
    Map<String, Object> all = common(suffix, ConsumerConfig.configNames());
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return all;
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> all) {
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Reads what it is told to. */
  Consumer<byte[], byte[]> reader(String suffix) {
    Map<String, Object> all = reading(suffix);
    all.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250);
    all.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1_000);
    return consumer(all);
  }

  /** Is a member of a group, and reads nothing. */
  Consumer<byte[], byte[]> member(String group) {
    Map<String, Object> all = reading("");
    all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    all.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    all.putIfAbsent(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, (int) ROUND.toMillis());
    all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION.toMillis());
    all.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) SESSION.dividedBy(20).toMillis());
    return consumer(all);
  }
}
