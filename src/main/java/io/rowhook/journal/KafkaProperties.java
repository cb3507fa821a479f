package io.rowhook.journal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;

/**
 * What Kafka's clients can be told, by their own definitions: producer, consumer and admin client
 * together. Loads these at its first use. Any thread.
 */
public final class KafkaProperties {

  private static final SortedMap<String, ConfigKey> DEFINED = defined();
  private static final Map<String, String> SET_BY_ROWHOOK = setByRowhook();

  private KafkaProperties() {}

  /** The names that they know, also of what Rowhook sets itself. */
  public static SortedSet<String> names() {
    return new TreeSet<>(DEFINED.keySet());
  }

  /** Why a property is not for the settings, as half a sentence; empty: it is. */
  public static Optional<String> setByRowhook(String name) {
    return Optional.ofNullable(SET_BY_ROWHOOK.get(name));
  }

  /**
   * The rule that a value breaks, which goes on after the name: {@code must be ...}. Does not hold
   * the value. Empty: the clients take it.
   *
   * @param name one of {@link #names()}
   */
  public static Optional<String> brokenRule(String name, String value) {
    ConfigKey key = DEFINED.get(name);
    if (key == null) {
      throw new IllegalArgumentException(name);
    }
    try {
      Object parsed = ConfigDef.parseType(name, value, key.type);
      if (key.validator != null) {
        key.validator.ensureValid(name, parsed);
      }
    } catch (ConfigException e) {
      return Optional.of(rule(key));
    }
    return name.equals(ProducerConfig.COMPRESSION_TYPE_CONFIG) && !isBuiltIn(value.strip())
        ? Optional.of("must be none or gzip, since Rowhook comes without the others' libraries")
        : Optional.empty();
  }

  private static boolean isBuiltIn(String compression) {
    return compression.equals("none") || compression.equals("gzip");
  }

  private static String rule(ConfigKey key) {
    String kind =
        switch (key.type) {
          case BOOLEAN -> "true or false";
          case SHORT, INT, LONG -> "a whole number";
          case DOUBLE -> "a number";
          case CLASS -> "the name of a class that is there";
          case LIST -> "a list with commas";
          case STRING, PASSWORD -> "a text";
        };
    // The validators say in words what they take, as Kafka's documentation has it: [0,...,3600]
    return "must be " + kind + (key.validator == null ? "" : " of " + key.validator);
  }

  private static SortedMap<String, ConfigKey> defined() {
    SortedMap<String, ConfigKey> all = new TreeMap<>();
    for (ConfigDef client :
        List.of(
            ProducerConfig.configDef(),
            ConsumerConfig.configDef(),
            AdminClientConfig.configDef())) {
      all.putAll(client.configKeys());
    }
    all.keySet().removeIf(name -> name.startsWith("internal."));
    return all;
  }

  private static Map<String, String> setByRowhook() {
    Map<String, String> reasons = new HashMap<>();
    put(
        reasons,
        "what is written has to be durable, in order, and there only once",
        ProducerConfig.ACKS_CONFIG,
        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        ProducerConfig.TRANSACTION_TWO_PHASE_COMMIT_ENABLE_CONFIG);
    put(
        reasons,
        "what is read has to be committed, and nothing may be left out",
        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
    put(
        reasons,
        "the instances have to agree on who does what",
        ConsumerConfig.GROUP_ID_CONFIG,
        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
        ConsumerConfig.GROUP_PROTOCOL_CONFIG,
        ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
        ConsumerConfig.CLIENT_ID_CONFIG);
    put(
        reasons,
        "each record has the form and the place in which it is looked for",
        ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
        ProducerConfig.PARTITIONER_CLASS_CONFIG,
        ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
        ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
    put(
        reasons,
        "the topics need settings of their own, which it creates them with",
        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG);
    put(
        reasons,
        "the brokers are asked, which bootstrap.servers names",
        AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG);
    put(
        reasons,
        "references are its own, ${env:NAME} and ${file:/path}",
        ProducerConfig.CONFIG_PROVIDERS_CONFIG);
    return Map.copyOf(reasons);
  }

  private static void put(Map<String, String> reasons, String reason, String... names) {
    for (String name : names) {
      reasons.put(name, reason);
    }
  }
}
