package io.rowhook.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.KafkaSettings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the API shows of the settings. */
class SettingsOperationsTest {

  @Test
  void whatKafkasClientsAreToldIsNotShown() {
    KafkaSettings kafka =
        new KafkaSettings(
            "kafka-1:9092",
            "rowhook",
            Optional.of(URI.create("http://rowhook-1:8080")),
            Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "canary7"));
    assertThat(SettingsOperations.kafka(kafka))
        .hasToString(
            "{\"bootstrap.servers\":\"kafka-1:9092\",\"topic-prefix\":\"rowhook\","
                + "\"advertised.api\":\"http://rowhook-1:8080\",\"sasl.jaas.config\":\"***\","
                + "\"security.protocol\":\"***\"}");
  }
}
