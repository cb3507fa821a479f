package io.rowhook.settings;

import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.settings.Value.Mapping;
import io.rowhook.settings.YamlNode.Fields;
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
 * @param retention how long what is settled is kept
 * @param allowed networks that are not public and that any recipient may be in
 * @param proxy what requests go through to every recipient that names none itself
 */
record RowhookFile(
    Path journal, Duration retention, List<CidrBlock> allowed, Optional<HttpProxy> proxy) {

  /** In a directory of its own, since SQLite puts two more files beside it. */
  static final Path DEFAULT_JOURNAL = Path.of("rowhook-data", "journal.db");

  /** Actindo keeps what it sent for 10 days. */
  static final Duration DEFAULT_RETENTION = Duration.ofDays(10);

  private static final Setting<Path> JOURNAL =
      Setting.of(
              "journal",
              Value.text(journal(List.of())),
              "the journal's file, on a local disk; a relative path counts from the working"
                  + " directory. A change takes effect at the next start")
          .or(DEFAULT_JOURNAL);

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
              Value.listOf(Value.text(RecipientRules::network)),
              "networks that are not public and that any recipient may be in, beside its own"
                  + " `allow.networks`")
          .within("as `10.1.0.0/16`");

  private static final Setting<Fields> ALLOW =
      Setting.of(
          "allow",
          new Mapping(ObjectSetting.of(NETWORKS)),
          "what every recipient is allowed, beside what its own file allows");

  /** The file. */
  static final ObjectSetting<RowhookFile> OBJECT =
      ObjectSetting.<RowhookFile>empty()
          .with(JOURNAL, RowhookFile::journal)
          .with(RETENTION, RowhookFile::retention)
          .with(ALLOW, RowhookFile::allowed)
          .with(ConnectionKeys.PROXY_OF_ALL, RowhookFile::proxy);

  /**
   * @param watched directories whose every change is looked at: the journal cannot be in there
   */
  static RowhookFile read(Path file, List<Path> watched, Reading reading) {
    Optional<Fields> fields =
        Files.exists(file) ? Yaml.readOrEmpty(file, reading) : Optional.empty();
    fields.ifPresent(f -> f.check(OBJECT));
    return new RowhookFile(
        fields.flatMap(f -> f.read(JOURNAL, journal(watched))).orElse(DEFAULT_JOURNAL),
        fields.map(f -> f.readOrDefault(RETENTION)).orElse(DEFAULT_RETENTION),
        fields.flatMap(f -> f.read(ALLOW)).flatMap(allow -> allow.read(NETWORKS)).orElse(List.of()),
        fields.flatMap(f -> f.read(ConnectionKeys.PROXY_OF_ALL)));
  }

  private static Rule<Path> journal(List<Path> watched) {
    return value -> {
      String advice = "Write for example " + DEFAULT_JOURNAL + ".";
      Path journal;
      try {
        journal = Path.of(value);
      } catch (InvalidPathException e) {
        throw Refused.because("must be the path of a file", advice);
      }
      if (value.isBlank() || Files.isDirectory(journal)) {
        throw Refused.because("must be the path of a file, not of a directory", advice);
      }
      for (Path directory : watched) {
        if (absolute(journal).startsWith(absolute(directory))) {
          throw Refused.because("must not be inside " + directory + ", which is watched", advice);
        }
      }
      return journal;
    };
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
