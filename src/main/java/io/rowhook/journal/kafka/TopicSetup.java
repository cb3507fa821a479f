package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics as they must be: made where they are not there, else judged. Any thread. */
final class TopicSetup implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);

  /**
   * How long Kafka keeps that a row is gone. A file that was away for longer cannot learn it, and
   * is made anew.
   */
  static final Duration REMOVALS_KEPT = Duration.ofDays(7);

  /** The latest that what was overwritten or erased leaves Kafka's disks. */
  private static final Duration COMPACTED_AFTER = Duration.ofDays(1);

  private static final int COPIES = 3;

  private final Admin admin;
  private final Clients clients;
  private final Topics topics;

  TopicSetup(Clients clients, Topics topics) {
    this.clients = clients;
    this.topics = topics;
    admin = clients.admin();
  }

  /**
   * What is known of the topics, which are there now.
   *
   * @param cluster Kafka's own id of itself
   * @param ids of the topics, by their names
   */
  record Found(String cluster, Map<String, String> ids) {

    /** That of a partition's topic. */
    String id(TopicPartition partition) {
      return ids.getOrDefault(partition.topic(), "");
    }
  }

  Found prepare() throws InterruptedException {
    DescribeClusterResult cluster = admin.describeCluster();
    String id = get(cluster.clusterId());
    int brokers = get(cluster.nodes()).size();
    Set<String> there = get(admin.listTopics().names());
    List<NewTopic> missing =
        topics.names().stream()
            .filter(name -> !there.contains(name))
            .map(name -> topic(name, brokers))
            .toList();
    if (!missing.isEmpty()) {
      make(missing);
    }
    Map<String, TopicDescription> found = describe(topics.names());
    List<String> problems = problems(found);
    if (!problems.isEmpty()) {
      throw new JournalException(
          Kind.FOREIGN, "%s: %s".formatted(where(), String.join("; ", problems)));
    }
    Map<String, String> ids = new HashMap<>();
    found.forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
    return new Found(id, Map.copyOf(ids));
  }

  /**
   * What {@link #prepare} would refuse, by looking alone; nothing is made.
   *
   * @throws JournalException if Kafka cannot be asked
   */
  List<String> problems() throws InterruptedException {
    Set<String> there = get(admin.listTopics().names());
    List<String> names = topics.names().stream().filter(there::contains).toList();
    return problems(describe(names));
  }

  private List<String> problems(Map<String, TopicDescription> found) throws InterruptedException {
    List<String> problems = new ArrayList<>();
    found.forEach((name, topic) -> judge(name, topic, problems));
    judgeConfigs(found.keySet(), problems);
    return problems;
  }

  private NewTopic topic(String name, int brokers) {
    int copies = Math.min(COPIES, brokers);
    return new NewTopic(name, topics.partitions(name), (short) copies)
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                copies == COPIES ? "2" : "1",
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                Long.toString(REMOVALS_KEPT.toMillis()),
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                Long.toString(COMPACTED_AFTER.toMillis()),
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                "false",
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(Clients.MAX_RECORD)));
  }

  private void make(List<NewTopic> missing) throws InterruptedException {
    for (Map.Entry<String, KafkaFuture<Void>> one :
        admin.createTopics(missing).values().entrySet()) {
      try {
        one.getValue().get();
        LOG.info("{}: topic {} was made", where(), one.getKey());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) { // another instance was quicker
          throw words("topic " + one.getKey() + " could not be made", e);
        }
      }
    }
  }

  /** A topic that was just made is not known to every broker at once. */
  private Map<String, TopicDescription> describe(List<String> names) throws InterruptedException {
    int trials = 50;
    while (true) {
      try {
        return admin.describeTopics(names).allTopicNames().get();
      } catch (ExecutionException e) {
        if (--trials == 0) {
          throw words("its topics cannot be looked at", e);
        }
        Thread.sleep(200);
      }
    }
  }

  private void judge(String name, TopicDescription topic, List<String> problems) {
    int wanted = topics.partitions(name);
    if (topic.partitions().size() != wanted) {
      problems.add(
          "topic %s has %d partitions and must have %d: their number decides who serves whom. Give Rowhook a topic-prefix of its own, or remove the topic if nothing needs it"
              .formatted(name, topic.partitions().size(), wanted));
    }
  }

  private void judgeConfigs(Set<String> names, List<String> problems) throws InterruptedException {
    Map<ConfigResource, Config> configs =
        get(
            admin
                .describeConfigs(
                    names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .all());
    configs.forEach((resource, config) -> {
      String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
      if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
        problems.add(
            "topic %s has cleanup.policy=%s, by which Kafka drops what recipients are owed: set it to compact"
                .formatted(resource.name(), policy));
      }
      long kept = Long.parseLong(config.get(TopicConfig.DELETE_RETENTION_MS_CONFIG).value());
      if (kept < REMOVALS_KEPT.toMillis()) {
        problems.add(
            "topic %s has delete.retention.ms=%d, and an instance that was away for longer would keep what is gone: set it to %d"
                .formatted(resource.name(), kept, REMOVALS_KEPT.toMillis()));
      }
    });
  }

  /** Where each partition ends: after all that was written, also by transactions that are open. */
  Map<TopicPartition, Long> ends(Set<TopicPartition> partitions) throws InterruptedException {
    return get(offsets(partitions, OffsetSpec.latest()));
  }

  /** Where each partition begins. */
  Map<TopicPartition, Long> beginnings(Set<TopicPartition> partitions) throws InterruptedException {
    return get(offsets(partitions, OffsetSpec.earliest()));
  }

  private KafkaFuture<Map<TopicPartition, Long>> offsets(
      Set<TopicPartition> partitions, OffsetSpec spec) {
    return admin
        .listOffsets(
            partitions.stream().collect(Collectors.toMap(one -> one, _ -> spec)),
            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
        .all()
        .thenApply(found -> {
          Map<TopicPartition, Long> offsets = new HashMap<>();
          found.forEach((partition, info) -> offsets.put(partition, info.offset()));
          return offsets;
        });
  }

  /**
   * Where partitions of one topic end that Kafka has given to this member of its group: comes once
   * no transaction is open any more that the owner before has begun, since that could still be
   * committed (KIP-447). Fails with a {@link JournalException} if Kafka does not say.
   */
  CompletableFuture<Map<TopicPartition, Long>> settledEnds(
      String topic, Set<TopicPartition> partitions) {
    ListConsumerGroupOffsetsSpec wanted =
        new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
    return admin
        .listConsumerGroupOffsets(
            Map.of(topics.group(topic), wanted),
            new ListConsumerGroupOffsetsOptions().requireStable(true))
        .all()
        .toCompletionStage()
        .thenCompose(_ -> offsets(partitions, OffsetSpec.latest()).toCompletionStage())
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(words("cannot be asked", e)))
        .toCompletableFuture();
  }

  private <T> T get(KafkaFuture<T> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw words("cannot be asked", e);
    }
  }

  private JournalException words(String what, Throwable e) {
    Throwable why = e.getCause() == null ? e : e.getCause();
    String reason = String.valueOf(why.getMessage());
    if (why instanceof TimeoutException) {
      reason = "no broker has answered in time (" + reason + ")";
    }
    return new JournalException(
        Kind.UNREACHABLE,
        "%s: %s: %s. Look at journal.kafka in rowhook.yaml (bootstrap.servers, security.*, sasl.*, ssl.*) and at Kafka's own log"
            .formatted(where(), what, reason),
        why);
  }

  String where() {
    return "Kafka at " + clients.settings().bootstrapServers();
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
