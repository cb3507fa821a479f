package io.rowhook.settings;

import io.rowhook.journal.KafkaProperties;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code journal.kafka} in {@code rowhook.yaml}: the durable log behind the journal. */
final class KafkaParser {

  private static final int LARGEST_PORT = 65_535;
  private static final Pattern SERVER =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");

  private static final String PREFIX_FORM = "[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}";

  private static final Setting<String> SERVERS =
      Setting.required(
              "bootstrap.servers",
              Value.text(KafkaParser::servers),
              "the brokers that are asked first: `kafka-1:9092, kafka-2:9092`")
          .within("`host:port`, with commas between");

  private static final Setting<String> PREFIX =
      Setting.of(
              "topic-prefix",
              Value.of(
                  KafkaParser::prefix,
                  Map.of("type", "string", "pattern", "^" + PREFIX_FORM + "$|\\$\\{")),
              "what the names of its topics begin with; all instances on one source have the same,"
                  + " and nobody else")
          .within("1 to 200 letters, digits, `.`, `_` and `-`; the first a letter or digit")
          .or("rowhook");

  private static final Setting<URI> ADVERTISED =
      Setting.of(
              "advertised.api",
              Value.text(KafkaParser::advertised).shownAs(SecretMask::url),
              "where the other instances reach this one's API: `http://rowhook-1:8080`")
          .within("`http://` or `https://`, a host and maybe a port")
          .without("nowhere");

  private static final Setting<String> OTHER =
      Setting.of(
              "<setting of Kafka's clients>",
              Value.of(KafkaParser::text, Map.of("type", List.of("string", "number", "boolean")))
                  .secret(),
              "[what else Kafka's clients take](#kafka), handed to them as it is:"
                  + " `security.protocol: SASL_SSL`. Better a reference for what is secret:"
                  + " `${env:NAME}` or `${file:/path}`")
          .within("Kafka's own; not what Rowhook sets itself")
          .without("Kafka's");

  static final Setting<Fields> SETTING =
      Setting.of(
          "kafka",
          new Mapping(
              ObjectSetting.of(SERVERS, PREFIX, ADVERTISED).besides(OTHER, KafkaProperties::names)),
          "Apache Kafka as the durable log behind the file");

  private KafkaParser() {}

  /** What is wrong is reported; empty: there are no brokers that could be asked. */
  static Optional<KafkaSettings> read(Fields kafka, boolean listens) {
    Set<String> own =
        Stream.of(SERVERS, PREFIX, ADVERTISED).map(Setting::name).collect(Collectors.toSet());
    Map<String, String> properties = new HashMap<>();
    kafka
        .keys()
        .forEach((name, at) -> {
          if (own.contains(name) || !KafkaProperties.names().contains(name)) {
            return; // read below, or reported
          }
          Optional<String> why = KafkaProperties.setByRowhook(name);
          if (why.isPresent()) {
            String sentence =
                at.key() + " is set by Rowhook itself: " + why.get() + ". Take it out.";
            kafka.session().problems().add(at, sentence);
            return;
          }
          kafka
              .read(name, value -> judged(name, value))
              .ifPresent(value -> properties.put(name, value));
        });
    String prefix = kafka.readOrDefault(PREFIX);
    Optional<URI> advertised = kafka.read(ADVERTISED);
    if (advertised.isPresent() && !listens) {
      kafka.problem(
          ADVERTISED,
          "journal.kafka.advertised.api says where the other instances reach this one's API, and no"
              + " admin.address opens it. Add admin, with address, and with tls and tokens where"
              + " other machines reach it; or take advertised.api out.");
    }
    return kafka
        .read(SERVERS)
        .map(servers -> new KafkaSettings(servers, prefix, advertised, properties));
  }

  private static String judged(String name, String value) throws InvalidValueException {
    Optional<String> broken = KafkaProperties.brokenRule(name, value);
    if (broken.isPresent()) {
      throw InvalidValueException.because(
          broken.get(), "Correct it, or take it out: Kafka has a default.");
    }
    return value;
  }

  private static String text(String value) {
    return value;
  }

  /** With nothing but commas between, so that another way to write the same is no change. */
  private static String servers(String value) throws InvalidValueException {
    List<String> servers = List.of(value.strip().split("\\s*,\\s*", -1));
    for (String server : servers) {
      Matcher matcher = SERVER.matcher(server);
      int port = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
      if (port < 1 || port > LARGEST_PORT) {
        throw InvalidValueException.because(
            "must be hosts with their ports, each host:port, and commas between",
            "Write for example kafka-1:9092, kafka-2:9092.");
      }
    }
    return String.join(",", servers);
  }

  private static String prefix(String value) throws InvalidValueException {
    if (!value.matches(PREFIX_FORM)) {
      throw InvalidValueException.because(
          "must be 1 to 200 letters, digits, dots, underscores and hyphens, the first of them a"
              + " letter or digit",
          "Write for example rowhook.");
    }
    return value;
  }

  private static URI advertised(String value) throws InvalidValueException {
    String shown = SecretMask.url(value);
    String example = "Write for example http://rowhook-1:8080.";
    URI url;
    try {
      url = new URI(value);
    } catch (URISyntaxException e) {
      throw InvalidValueException.showing("must be a URL", shown, example);
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null || url.getPort() == 0 || url.getPort() > LARGEST_PORT) {
      throw InvalidValueException.showing(
          "must be http:// or https://, a host, and maybe a port from 1 to 65535", shown, example);
    }
    if (url.getRawUserInfo() != null
        || !url.getRawPath().isEmpty()
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw InvalidValueException.showing(
          "must have neither a user nor anything behind host and port", shown, example);
    }
    return url;
  }
}
