package io.rowhook.testing;

import java.time.Duration;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * One broker of Apache Kafka of an image, in a container that Testcontainers makes; it is removed
 * when this process ends. The image takes a broker's settings from its environment, as the public
 * one does.
 */
final class ContainerBroker {

  private static final Duration STARTED_WITHIN = Duration.ofSeconds(90);

  private final int port = Ports.free();
  private final GenericContainer<?> container;

  private ContainerBroker(String image) {
    container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withEnv(settings())
            .withExposedPorts(port)
            .withStartupTimeout(STARTED_WITHIN)
            .withCreateContainerCmdModifier(create -> ContainerServer.fixPort(create, port, port));
  }

  /** Starts one; returns once it listens. */
  static ContainerBroker start(String image) {
    ContainerBroker broker = new ContainerBroker(image);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(broker.container::stop, "kafka-container-exit"));
    broker.container.start();
    return broker;
  }

  private Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("KAFKA_NODE_ID", "1"),
        Map.entry("KAFKA_PROCESS_ROLES", "broker,controller"),
        Map.entry("KAFKA_LISTENERS", "PLAINTEXT://:" + port + ",CONTROLLER://:9093"),
        Map.entry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://" + address()),
        Map.entry("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
        Map.entry(
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
        Map.entry("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@127.0.0.1:9093"),
        Map.entry("KAFKA_LOG_DIRS", "/var/lib/kafka/data"),
        Map.entry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
        Map.entry("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"),
        Map.entry("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"),
        Map.entry("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"),
        Map.entry("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000"));
  }

  /** For {@code bootstrap.servers}; the same within and without, as a broker says where it is. */
  String address() {
    return "127.0.0.1:" + port;
  }
}
