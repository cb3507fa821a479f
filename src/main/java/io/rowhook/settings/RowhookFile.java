package io.rowhook.settings;

import io.rowhook.recipient.Network;
import io.rowhook.settings.YamlNode.Fields;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code rowhook.yaml}, which may be absent: everything that is neither source, entity nor
 * recipient.
 *
 * @param journal the journal's file; a relative path counts from the working directory
 * @param retention how long what is settled is kept
 * @param allowed networks that are not public and that any recipient may be in
 */
record RowhookFile(Path journal, Duration retention, List<Network> allowed) {

  private static final YamlKeys ROOT =
      new YamlKeys(List.of(), List.of("journal", "retention", "allow"));
  private static final YamlKeys ALLOW = new YamlKeys(List.of("networks"), List.of());

  /** By mapping; the file itself is the empty key. */
  static final Map<String, YamlKeys> KEYS = Map.of("", ROOT, "allow", ALLOW);

  /** In a directory of its own, since SQLite puts two more files beside it. */
  static final Path DEFAULT_JOURNAL = Path.of("rowhook-data", "journal.db");

  /** Actindo keeps what it sent for 10 days. */
  static final Duration DEFAULT_RETENTION = Duration.ofDays(10);

  private static final Duration MIN_RETENTION = Duration.ofMinutes(1);
  private static final Duration MAX_RETENTION = Duration.ofDays(3650);

  /**
   * @param watched directories whose every change is looked at: the journal cannot be in there
   */
  static RowhookFile read(Path file, List<Path> watched, Reading reading) {
    Optional<Fields> fields =
        Files.exists(file) ? Yaml.readOrEmpty(file, reading) : Optional.empty();
    fields.ifPresent(f -> f.check(ROOT));
    return new RowhookFile(
        fields.flatMap(f -> f.read("journal", journal(watched))).orElse(DEFAULT_JOURNAL),
        fields
            .flatMap(f -> f.read("retention", Rule.duration(MIN_RETENTION, MAX_RETENTION)))
            .orElse(DEFAULT_RETENTION),
        fields.flatMap(f -> f.mapping("allow")).flatMap(RowhookFile::networks).orElse(List.of()));
  }

  private static Optional<List<Network>> networks(Fields allow) {
    return allow.check(ALLOW).readList("networks", RecipientRules::network);
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
