package io.rowhook.settings;

import io.rowhook.journal.KafkaSettings;
import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.settings.recipients.ConnectionParser;
import io.rowhook.settings.recipients.RecipientValueParsers;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code rowhook.yaml}, which may be absent: everything that is neither source, entity nor
 * recipient.
 *
 * @param journal the journal's file; a relative path counts from the working directory
 * @param kafka the durable log behind that file; empty: the file is all there is
 * @param retention how long what is settled is kept
 * @param allowed networks that are not public and that any recipient may be in
 * @param proxy what requests go through to every recipient that names none itself
 * @param admin where the API listens, beside the loopback for the commands
 */
public record RowhookFileReader(
    Path journal,
    Optional<KafkaSettings> kafka,
    Duration retention,
    List<CidrBlock> allowed,
    Optional<HttpProxy> proxy,
    Optional<AdminSettings> admin) {

  /** In a directory of its own, since SQLite puts two more files beside it. */
  static final Path DEFAULT_JOURNAL = Path.of("rowhook-data", "journal.db");

  /** Actindo keeps what it sent for 10 days. */
  static final Duration DEFAULT_RETENTION = Duration.ofDays(10);

  private static final Setting<Path> FILE =
      Setting.of(
              "file",
              Value.text(journal(List.of())),
              "the journal's file, on a local disk; a relative path counts from the working"
                  + " directory")
          .or(DEFAULT_JOURNAL);

  private static final Setting<YamlNode> JOURNAL =
      Setting.of(
              "journal",
              new MappingOr(FILE.value(), ObjectSetting.of(FILE, KafkaParser.SETTING)),
              "the journal's file, on a local disk; or a mapping that also names [Kafka](#kafka)"
                  + " as the durable log behind it. A change takes effect at the next start")
          .without("the mapping's");

  private static final Setting<Duration> RETENTION =
      Setting.of(
              "retention",
              Value.duration(Duration.ofMinutes(1), Duration.ofDays(3650)),
              "how long what is settled is kept, and the place of a recipient whose file was"
                  + " removed; failed deliveries stay")
          .or(DEFAULT_RETENTION);

  private static final Setting<List<CidrBlock>> NETWORKS =
      Setting.required(
              "networks",
              Value.listOf(Value.text(RecipientValueParsers::network)),
              "networks that are not public and that any recipient may be in, beside its own"
                  + " `allow.networks`")
          .within("as `10.1.0.0/16`");

  private static final Setting<Fields> ALLOW =
      Setting.of(
          "allow",
          new Mapping(ObjectSetting.of(NETWORKS)),
          "what every recipient is allowed, beside what its own file allows");

  /** The file. */
  public static final ObjectSetting<RowhookFileReader> OBJECT =
      ObjectSetting.<RowhookFileReader>empty()
          .with(JOURNAL, file -> List.of(file.journal(), file.kafka()))
          .with(RETENTION, RowhookFileReader::retention)
          .with(ALLOW, RowhookFileReader::allowed)
          .with(ConnectionParser.PROXY_OF_ALL, RowhookFileReader::proxy)
          .with(AdminParser.SETTING, RowhookFileReader::admin);

  /**
   * @param watched directories whose every change is looked at: the journal cannot be in there
   */
  static RowhookFileReader read(Path file, List<Path> watched, ParseSession session) {
    Optional<Fields> fields =
        Files.exists(file) ? Yaml.readOrEmpty(file, session) : Optional.empty();
    fields.ifPresent(f -> f.check(OBJECT));
    Optional<YamlNode> journal = fields.flatMap(f -> f.read(JOURNAL));
    ValueParser<Path> path = journal(watched);
    return new RowhookFileReader(
        Value.either(
            journal, path, f -> f.read(FILE, path).orElse(DEFAULT_JOURNAL), DEFAULT_JOURNAL),
        journal
            .flatMap(
                node -> node instanceof Fields f ? f.read(KafkaParser.SETTING) : Optional.empty())
            .flatMap(kafka ->
                KafkaParser.read(
                    kafka, fields.flatMap(f -> f.get(AdminParser.SETTING)).isPresent())),
        fields.map(f -> f.readOrDefault(RETENTION)).orElse(DEFAULT_RETENTION),
        fields.flatMap(f -> f.read(ALLOW)).flatMap(allow -> allow.read(NETWORKS)).orElse(List.of()),
        fields.flatMap(f -> f.read(ConnectionParser.PROXY_OF_ALL)),
        fields.flatMap(f -> AdminParser.read(f, session)));
  }

  private static ValueParser<Path> journal(List<Path> watched) {
    return value -> {
      String advice = "Write for example " + DEFAULT_JOURNAL + ".";
      Path journal;
      try {
        journal = Path.of(value);
      } catch (InvalidPathException e) {
        throw InvalidValueException.because("must be the path of a file", advice);
      }
      if (value.isBlank() || Files.isDirectory(journal)) {
        throw InvalidValueException.because(
            "must be the path of a file, not of a directory", advice);
      }
      for (Path directory : watched) {
        if (absolute(journal).startsWith(absolute(directory))) {
          throw InvalidValueException.because(
              "must not be inside " + directory + ", which is watched", advice);
        }
      }
      return journal;
    };
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
