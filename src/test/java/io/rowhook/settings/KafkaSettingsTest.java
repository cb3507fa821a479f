package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.KafkaSettings;
import io.rowhook.settings.yaml.YamlDocument;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Kafka behind the journal: what may be said of it, and what is refused. */
class KafkaSettingsTest {

  private static final String ROWHOOK = "config/rowhook.yaml";
  private static final String CANARY = "canary7";

  @TempDir Path temp;

  @Test
  void theFileAloneOrAMappingWithKafkaBehindIt() throws SettingsException {
    SettingsDirectory directory = new SettingsDirectory(temp);
    assertThat(directory.read().kafka()).isEmpty();
    Settings file = directory.write(ROWHOOK, "journal: data/j.db\n").read();
    assertThat(file.journal()).isEqualTo(Path.of("data/j.db"));
    assertThat(file.kafka()).isEmpty();
    Settings mapping = directory.write(ROWHOOK, "journal: { file: data/k.db }\n").read();
    assertThat(mapping.journal()).isEqualTo(Path.of("data/k.db"));
    assertThat(mapping.kafka()).isEmpty();
    Settings kafka =
        directory
            .write(ROWHOOK, "journal: { kafka: { bootstrap.servers: 'kafka-1:9092' } }\n")
            .read();
    assertThat(kafka.journal()).isEqualTo(RowhookFileReader.DEFAULT_JOURNAL);
    assertThat(kafka.kafka())
        .contains(new KafkaSettings("kafka-1:9092", "rowhook", Optional.empty(), Map.of()));
  }

  @Test
  void whatIsNotRowhooksGoesToTheClientsAsItIs() throws SettingsException {
    KafkaSettings kafka =
        new SettingsDirectory(temp)
            .env("KAFKA_LOGIN", CANARY)
            .write(
                ROWHOOK,
                """
                admin: { address: "127.0.0.1:8443" }
                journal:
                  file: j.db
                  kafka:
                    bootstrap.servers: kafka-1:9092 , [::1]:9092,kafka_3:9094
                    topic-prefix: erp.2_live
                    advertised.api: https://rowhook-1:8443
                    security.protocol: sasl_ssl
                    sasl.jaas.config: ${env:KAFKA_LOGIN}
                    ssl.endpoint.identification.algorithm: ''
                    linger.ms: 5
                    check.crcs: true
                """)
            .read()
            .kafka()
            .orElseThrow();
    assertThat(kafka)
        .isEqualTo(
            new KafkaSettings(
                "kafka-1:9092,[::1]:9092,kafka_3:9094",
                "erp.2_live",
                Optional.of(URI.create("https://rowhook-1:8443")),
                Map.of(
                    "security.protocol",
                    "sasl_ssl",
                    "sasl.jaas.config",
                    CANARY,
                    "ssl.endpoint.identification.algorithm",
                    "",
                    "linger.ms",
                    "5",
                    "check.crcs",
                    "true")));
    assertThat(kafka.toString())
        .contains("kafka-1:9092", "sasl.jaas.config")
        .doesNotContain(CANARY);
  }

  private record Bad(String yaml, String problem) {}

  @TestFactory
  Stream<DynamicTest> whatIsRefused() {
    return Stream.of(
            new Bad("{}", "1:19: bootstrap.servers is missing in journal.kafka. Add it."),
            new Bad(
                "{ bootstrap.servers: kafka-1 }",
                "1:40: journal.kafka.bootstrap.servers must be hosts with their ports, each"
                    + " host:port, and commas between, got: kafka-1. Write for example"
                    + " kafka-1:9092, kafka-2:9092."),
            new Bad(
                "{ bootstrap.servers: 'a:9092,,b:99999' }",
                "1:40: journal.kafka.bootstrap.servers must be hosts with their ports, each"
                    + " host:port, and commas between, got: a:9092,,b:99999. Write for example"
                    + " kafka-1:9092, kafka-2:9092."),
            with(
                "topic-prefix: -a",
                "journal.kafka.topic-prefix must be 1 to 200 letters, digits, dots, underscores"
                    + " and hyphens, the first of them a letter or digit, got: -a. Write for"
                    + " example rowhook."),
            with(
                "advertised.api: https://rowhook-1:8443",
                "journal.kafka.advertised.api says where the other instances reach this one's API,"
                    + " and no admin.address opens it. Add admin, with address, and with tls and"
                    + " tokens where other machines reach it; or take advertised.api out."),
            with(
                "advertised.api: rowhook-1",
                "journal.kafka.advertised.api must be http:// or https://, a host, and maybe a"
                    + " port from 1 to 65535, got: rowhook-1. Write for example"
                    + " http://rowhook-1:8080."),
            with(
                "advertised.api: http://r:8080/v1",
                "journal.kafka.advertised.api must have neither a user nor anything behind host"
                    + " and port, got: http://r:8080/v1. Write for example"
                    + " http://rowhook-1:8080."),
            with(
                "advertised.api: http://a:" + CANARY + "@r",
                "journal.kafka.advertised.api must have neither a user nor anything behind host"
                    + " and port, got: http://***@r. Write for example http://rowhook-1:8080."),
            with(
                "security.protokol: SSL",
                "journal.kafka.security.protokol is not a key that Rowhook knows. Did you mean"
                    + " security.protocol?",
                0),
            with(
                "whatever: " + CANARY,
                "journal.kafka.whatever is not a key that Rowhook knows. Known here:"
                    + " bootstrap.servers, topic-prefix, advertised.api, <setting of Kafka's"
                    + " clients>.",
                0),
            with(
                "acks: 1",
                "journal.kafka.acks is set by Rowhook itself: what is written has to be durable,"
                    + " in order, and there only once. Take it out.",
                0),
            with(
                "group.id: erp",
                "journal.kafka.group.id is set by Rowhook itself: the instances have to agree on"
                    + " who does what. Take it out.",
                0),
            with(
                "linger.ms: soon",
                "journal.kafka.linger.ms must be a whole number of [0,...], got: soon. Correct"
                    + " it, or take it out: Kafka has a default."),
            with(
                "batch.size: -1",
                "journal.kafka.batch.size must be a whole number of [0,...], got: -1. Correct it,"
                    + " or take it out: Kafka has a default."),
            with(
                "security.protocol: TLS",
                "journal.kafka.security.protocol must be a text of (case insensitive) [SASL_SSL,"
                    + " PLAINTEXT, SSL, SASL_PLAINTEXT], got: TLS. Correct it, or take it out:"
                    + " Kafka has a default."),
            with(
                "compression.type: zstd",
                "journal.kafka.compression.type must be none or gzip, since Rowhook comes without"
                    + " the others' libraries, got: zstd. Correct it, or take it out: Kafka has a"
                    + " default."),
            with(
                "sasl.login.class: com.example.Login",
                "journal.kafka.sasl.login.class must be the name of a class that is there, got:"
                    + " com.example.Login. Correct it, or take it out: Kafka has a default."),
            with(
                "sasl.jaas.config: { a: " + CANARY + " }",
                "journal.kafka.sasl.jaas.config must be a single value, got: a mapping. Write one"
                    + " value after the colon."),
            with(
                "sasl.jaas.config: '${env:NOT_SET}'",
                "journal.kafka.sasl.jaas.config needs the environment variable NOT_SET, which is"
                    + " not set. Set it for this process, or write ${file:...} in its place."),
            with(
                "'sasl.jaas.config:" + CANARY + "':",
                "a key that Rowhook does not know stands here without a value. Write a space after"
                    + " the colon. Known here: bootstrap.servers, topic-prefix, advertised.api,"
                    + " <setting of Kafka's clients>.",
                0))
        .map(bad ->
            SettingsDirectory.bad(
                temp,
                bad.yaml,
                directory -> directory.write(ROWHOOK, "journal: { kafka: " + bad.yaml + " }\n"),
                ROWHOOK + ":" + bad.problem));
  }

  /** A property beside good ones; what is wrong is its value. */
  private static Bad with(String property, String problem) {
    return with(property, problem, property.indexOf(": ") + 2);
  }

  private static Bad with(String property, String problem, int column) {
    String good = "{ bootstrap.servers: 'a:1', ";
    int at = "journal: { kafka: ".length() + good.length() + column + 1;
    return new Bad(good + property + " }", "1:" + at + ": " + problem);
  }

  @Test
  void whatRowhookSetsItselfIsRefusedByName() {
    List<String> names =
        List.of(
            "acks",
            "enable.idempotence",
            "transactional.id",
            "transaction.timeout.ms",
            "max.in.flight.requests.per.connection",
            "isolation.level",
            "group.id",
            "group.instance.id",
            "group.protocol",
            "group.remote.assignor",
            "partition.assignment.strategy",
            "enable.auto.commit",
            "auto.offset.reset",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer",
            "client.id",
            "interceptor.classes",
            "partitioner.class",
            "partitioner.ignore.keys",
            "max.poll.interval.ms",
            "allow.auto.create.topics",
            "transaction.two.phase.commit.enable",
            "bootstrap.controllers",
            "config.providers");
    StringBuilder yaml = new StringBuilder("journal:\n  kafka:\n    bootstrap.servers: a:1\n");
    names.forEach(name -> yaml.append("    ").append(name).append(": x\n"));
    SettingsDirectory directory = new SettingsDirectory(temp).write(ROWHOOK, yaml.toString());
    assertThat(directory.problems())
        .hasSameSizeAs(names)
        .allSatisfy(problem -> assertThat(problem).contains(" is set by Rowhook itself: "));
  }

  @Test
  void noMessageShowsWhatCameFromAReference() {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .env("CANARY", CANARY)
            .write(
                ROWHOOK,
                """
                journal:
                  kafka:
                    bootstrap.servers: ${env:CANARY}
                    topic-prefix: '!${env:CANARY}'
                    advertised.api: ${env:CANARY}
                    linger.ms: ${env:CANARY}
                    sasl.login.class: ${env:CANARY}
                    security.protocol: ${env:CANARY}
                """);
    assertThat(directory.problems()).hasSize(6).noneMatch(problem -> problem.contains(CANARY));
  }

  @Test
  void theFileIsShownWithoutSecrets() {
    String text =
        """
        journal:
          kafka:
            bootstrap.servers: kafka-1:9092
            advertised.api: http://rowhook-1:8080
            security.protocol: SASL_SSL
            sasl.jaas.config: canary7
            ssl.key.password: ${env:KAFKA_PASSWORD}
            sasl.jaas.konfig: canary7
        """;
    String shown = YamlDocument.of(text, RowhookFileReader.OBJECT).orElseThrow().masked();
    assertThat(shown)
        .contains("bootstrap.servers: kafka-1:9092", "advertised.api: http://rowhook-1:8080")
        .contains("sasl.jaas.config: ", "ssl.key.password: ${env:KAFKA_PASSWORD}")
        .doesNotContain(CANARY);
  }

  @Test
  void aChangeOfKafkaIsToldAsOneOfTheJournal() throws SettingsException {
    SettingsDirectory directory = new SettingsDirectory(temp);
    String yaml = "journal: { kafka: { bootstrap.servers: 'a:1', sasl.jaas.config: %s } }\n";
    Settings before = directory.write(ROWHOOK, yaml.formatted("before")).read();
    Settings after = directory.write(ROWHOOK, yaml.formatted(CANARY)).read();
    assertThat(SettingsDiff.between(before, after).lines()).containsExactly("journal changed");
    assertThat(SettingsDiff.between(before, before).lines()).isEmpty();
  }
}
