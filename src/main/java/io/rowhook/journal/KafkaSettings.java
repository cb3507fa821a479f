package io.rowhook.journal;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Where the Kafka is that stands behind the journal, and how it is reached.
 *
 * @param bootstrapServers hosts and ports, separated by commas
 * @param topicPrefix what the names of its topics begin with
 * @param advertisedApi where other instances reach this one's API; empty: they do not
 * @param properties passed on to Kafka's clients as they are; may hold secrets
 */
public record KafkaSettings(
    String bootstrapServers,
    String topicPrefix,
    Optional<URI> advertisedApi,
    Map<String, String> properties) {

  public KafkaSettings {
    properties = Map.copyOf(properties);
  }

  /** Without the properties, which may hold secrets. */
  @Override
  public String toString() {
    return "KafkaSettings[" + bootstrapServers + ", " + topicPrefix + "]";
  }
}
