package io.rowhook.journal;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * How Kafka, the durable log behind the journal's file, is reached. Immutable.
 *
 * @param bootstrapServers as Kafka's clients take it: {@code host:port}, with commas between
 * @param topicPrefix what the names of all topics begin with
 * @param advertisedApi where the other instances reach this one's API: scheme, host and port alone;
 *     empty: nowhere
 * @param properties what else is handed to Kafka's clients as it is, by name; passwords among them
 */
public record KafkaSettings(
    String bootstrapServers,
    String topicPrefix,
    Optional<URI> advertisedApi,
    Map<String, String> properties) {

  public KafkaSettings {
    properties = Map.copyOf(properties);
  }

  @Override
  public String toString() {
    return "KafkaSettings[%s, %s, %s, %s]"
        .formatted(
            bootstrapServers,
            topicPrefix,
            advertisedApi.map(URI::toString).orElse("not advertised"),
            properties.keySet().stream().sorted().toList()); // the values hold a password
  }
}
