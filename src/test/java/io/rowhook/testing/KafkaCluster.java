package io.rowhook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A real Apache Kafka for tests, from Maven Central's jars: brokers that are controllers as well,
 * each in a process of its own, on the loopback, without TLS or a login. They are numbered from 1.
 * Topics are not made by being used. With three brokers or more everything is kept three times, and
 * a write needs two. No broker outlives this process; what a killed one leaves on disk is below
 * {@code target}. Not for several threads, but for {@link #cut}, {@link #swallow} and {@link
 * #mend}.
 */
public final class KafkaCluster implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofSeconds(90);

  private static @Nullable KafkaCluster shared;

  private final String id = Uuid.randomUuid().toString();
  private final Path directory;
  private final List<KafkaBroker> brokers;
  private final Thread atExit = new Thread(this::destroy, "kafka-cluster-exit");

  private KafkaCluster(int count, Path directory) {
    this.directory = directory;
    this.brokers =
        IntStream.rangeClosed(1, count).mapToObj(n -> new KafkaBroker(n, directory)).toList();
  }

  /** Starts one of so many brokers; returns once it is ready. */
  public static KafkaCluster start(int brokers) {
    Path place = Path.of("target", "kafka").toAbsolutePath();
    KafkaCluster cluster;
    try {
      cluster =
          new KafkaCluster(
              brokers, Files.createTempDirectory(Files.createDirectories(place), "cluster-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(cluster.atExit);
    Map<String, String> settings = cluster.settings();
    cluster.brokers.forEach(broker -> broker.configure(settings));
    cluster.brokers.forEach(broker -> broker.start(cluster.id));
    try {
      cluster.awaitReady();
    } catch (AssertionError e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** One broker for all tests of this process, started by the first that asks; not to be closed. */
  public static synchronized KafkaCluster shared() {
    if (shared == null) {
      shared = start(1);
    }
    return shared;
  }

  private Map<String, String> settings() {
    String copies = Integer.toString(copies());
    String needed = Integer.toString(copies() == 3 ? 2 : 1);
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("controller.quorum.voters", join(KafkaBroker::voter));
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "CLIENT");
    settings.put(
        "listener.security.protocol.map", "CLIENT:PLAINTEXT,CUT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("auto.create.topics.enable", "false");
    settings.put("default.replication.factor", copies);
    settings.put("min.insync.replicas", needed);
    settings.put("offsets.topic.replication.factor", copies);
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", copies);
    settings.put("transaction.state.log.min.isr", needed);
    settings.put("transaction.state.log.num.partitions", "4");
    // What takes its time in production, so that a test waits less.
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
    settings.put("log.cleaner.backoff.ms", "200");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("broker.session.timeout.ms", "3000");
    // Little memory and few threads.
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "2");
    settings.put("background.threads", "2");
    return settings;
  }

  private int copies() {
    return Math.min(3, brokers.size());
  }

  /** For {@code bootstrap.servers}: all brokers, whether they run or not. */
  public String bootstrapServers() {
    return join(KafkaBroker::address);
  }

  /** The same for the one client that {@link #cut} and {@link #swallow} are about. */
  public String bootstrapServersThroughCut() {
    return join(KafkaBroker::cutAddress);
  }

  private String join(Function<KafkaBroker, String> what) {
    return brokers.stream().map(what).collect(Collectors.joining(","));
  }

  /** Makes a topic, on as many brokers as there are, up to three; returns once it can be used. */
  public void createTopic(String name, int partitions) {
    try (Admin admin = admin()) {
      admin
          .createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("topic " + name + " is not made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    awaitReady();
  }

  /** SIGKILL. Returns once it is gone. */
  public void kill(int broker) {
    broker(broker).kill();
  }

  /**
   * SIGTERM, as a service manager stops it: it hands its partitions over. Returns once it is gone.
   */
  public void stop(int broker) {
    broker(broker).stop();
  }

  /** SIGSTOP: it does nothing any more, and its connections stay. */
  public void pause(int broker) {
    broker(broker).pause();
  }

  /** SIGCONT. */
  public void resume(int broker) {
    broker(broker).resume();
  }

  /** Starts it again, with its ports and data; stops it before if it runs. */
  public void restart(int broker) {
    broker(broker).stop();
    broker(broker).start(id);
  }

  /** What it has printed, over all its starts. */
  public String output(int broker) {
    return broker(broker).output();
  }

  private KafkaBroker broker(int number) {
    return brokers.get(number - 1);
  }

  /** Whoever is connected through the cut is cut off, and whoever connects from now on. */
  public void cut() {
    brokers.forEach(broker -> broker.cut().leadNowhere());
  }

  /** From now on nothing comes through the cut, and nobody is told so. */
  public void swallow() {
    brokers.forEach(broker -> broker.cut().swallow());
  }

  /** Ends {@link #cut} and {@link #swallow}; what that one has held back comes through first. */
  public void mend() {
    brokers.forEach(broker -> {
      broker.cut().letThrough();
      if (broker.cut().leadsNowhere()) {
        broker.cut().moveTo(broker.cutPort());
      }
    });
  }

  /**
   * Returns once all brokers that run and are not paused belong to the cluster, and have all that
   * they have to keep, and each partition a leader among them.
   *
   * @throws AssertionError if that takes too long, or as soon as one of them has ended by itself;
   *     with the end of their output
   */
  public void awaitReady() {
    List<KafkaBroker> running = running();
    try {
      awaitUnlessEnded(running, () -> running.stream().allMatch(KafkaBroker::listens));
      try (Admin admin = admin()) { // not earlier: it would log each attempt
        awaitUnlessEnded(running, () -> ready(admin, running));
      }
    } catch (AssertionError e) {
      String outputs =
          running.stream()
              .map(broker -> "broker %d:\n%s\n".formatted(broker.id(), broker.lastLines()))
              .collect(Collectors.joining());
      throw new AssertionError(
          "Kafka is not ready: %s; the end of the output of%n%s".formatted(e.getMessage(), outputs),
          e);
    }
  }

  private static void awaitUnlessEnded(List<KafkaBroker> running, Callable<Boolean> condition) {
    String ended =
        Eventually.until(
            READY_WITHIN,
            "Kafka is ready",
            () -> {
              List<Integer> gone =
                  running.stream()
                      .filter(broker -> !broker.isAlive())
                      .map(KafkaBroker::id)
                      .toList();
              if (!gone.isEmpty()) {
                return "ended by itself: broker " + gone;
              }
              return condition.call() ? "" : null;
            });
    if (!ended.isEmpty()) {
      throw new AssertionError(ended);
    }
  }

  private List<KafkaBroker> running() {
    return brokers.stream().filter(broker -> broker.isStarted() && !broker.isPaused()).toList();
  }

  private static boolean ready(Admin admin, List<KafkaBroker> running) throws Exception {
    Set<Integer> expected = running.stream().map(KafkaBroker::id).collect(Collectors.toSet());
    if (!ids(admin.describeCluster().nodes().get()).containsAll(expected)) {
      return false;
    }
    Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    return admin.describeTopics(topics).allTopicNames().get().values().stream()
        .flatMap(topic -> topic.partitions().stream())
        .allMatch(partition -> ready(partition, expected));
  }

  private static boolean ready(TopicPartitionInfo partition, Set<Integer> running) {
    Set<Integer> replicas = ids(partition.replicas());
    replicas.retainAll(running);
    Node leader = partition.leader();
    return leader != null
        && running.contains(leader.id())
        && ids(partition.isr()).containsAll(replicas);
  }

  private static Set<Integer> ids(Collection<Node> nodes) {
    return nodes.stream().map(Node::id).collect(Collectors.toCollection(HashSet::new));
  }

  /** Of those that run: a paused one would let it wait. */
  private Admin admin() {
    return Admin.create(
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            running().stream().map(KafkaBroker::address).collect(Collectors.joining(",")),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            3_000,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            10_000));
  }

  /** Kills all of it, and deletes its data. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    destroy();
  }

  private void destroy() {
    brokers.forEach(KafkaBroker::close);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
