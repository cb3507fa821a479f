package io.rowhook.settings;

import io.rowhook.capture.Nearest;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Network;
import io.rowhook.recipient.Recipient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code connector-config/} and {@code jslt-templates/} say, as the rooms' own records.
 * Immutable; the hashes alone tell that a template was edited, since the template room reads them
 * itself.
 *
 * @param source Debezium's properties, for the capture room to judge
 * @param entities at least one, in the order of the file
 * @param recipients by name; may be none, since one can be added while running
 * @param journal the journal's file; a relative path counts from the working directory
 * @param retention how long what is settled is kept
 * @param allowed networks that any recipient may be in; in each recipient's own list already
 * @param templates the directory of the attribute sets; need not exist
 * @param templateHashes SHA-256, in hex, of each file in there, by its path inside
 */
public record Settings(
    SourceProperties source,
    List<EntityType> entities,
    List<Recipient> recipients,
    Path journal,
    Duration retention,
    List<Network> allowed,
    Path templates,
    Map<String, String> templateHashes) {

  private static final List<String> FILES =
      List.of(
          "source.properties", "entities.yaml", "rowhook.yaml", "recipients", TlsKeys.DIRECTORY);

  public Settings {
    entities = List.copyOf(entities);
    recipients = List.copyOf(recipients);
    allowed = List.copyOf(allowed);
    templateHashes = Map.copyOf(templateHashes);
  }

  /**
   * Reads all files.
   *
   * @param connectorConfig its name begins the place of every problem
   * @param templates need not exist
   * @param env for {@code ${env:NAME}}
   * @throws SettingsException with everything that is wrong in any of them
   */
  public static Settings read(Path connectorConfig, Path templates, Map<String, String> env)
      throws SettingsException {
    return read(connectorConfig, templates, env, new HashSet<>());
  }

  /**
   * The same.
   *
   * @param files is given those that the settings name and that were looked into, also when it
   *     throws
   */
  static Settings read(
      Path connectorConfig, Path templates, Map<String, String> env, Set<Path> files)
      throws SettingsException {
    Problems problems = new Problems();
    Reading reading = new Reading(problems, new Interpolation(env), files);
    if (!Files.isDirectory(connectorConfig)) {
      problems.add(
          Place.of(connectorConfig),
          "the directory is missing. Create it, or name another with --config.");
      problems.throwIfAny();
    }
    checkNames(connectorConfig, reading);
    SourceProperties source =
        SourceFile.read(connectorConfig.resolve("source.properties"), reading)
            .orElseGet(() -> new SourceProperties(connectorConfig, Map.of(), Map.of()));
    RowhookFile rowhook =
        RowhookFile.read(
            connectorConfig.resolve("rowhook.yaml"), List.of(connectorConfig, templates), reading);
    EntitiesFile entities = EntitiesFile.read(connectorConfig.resolve("entities.yaml"), reading);
    List<Recipient> recipients =
        new RecipientFiles(connectorConfig.resolve("recipients"), rowhook.allowed(), reading)
            .read(entities.names(), new AttributeSetFiles(templates));
    problems.throwIfAny();
    return new Settings(
        source,
        entities.entities(),
        recipients,
        rowhook.journal(),
        rowhook.retention(),
        rowhook.allowed(),
        templates,
        SettingsHashes.of(templates));
  }

  /**
   * Only where the journal is, for commands that speak to the service on it.
   *
   * @throws SettingsException with everything that is wrong in {@code rowhook.yaml}
   */
  public static Path journal(Path connectorConfig, Map<String, String> env)
      throws SettingsException {
    Problems problems = new Problems();
    RowhookFile rowhook =
        RowhookFile.read(
            connectorConfig.resolve("rowhook.yaml"),
            List.of(connectorConfig),
            new Reading(problems, new Interpolation(env), new HashSet<>()));
    problems.throwIfAny();
    return rowhook.journal();
  }

  /** These settings with another journal, as the command line may ask. */
  public Settings withJournal(Path other) {
    return new Settings(
        source, entities, recipients, other, retention, allowed, templates, templateHashes);
  }

  private static void checkNames(Path directory, Reading reading) {
    for (Path file : SettingsFiles.visible(directory, reading)) {
      String name = String.valueOf(file.getFileName());
      if (!FILES.contains(name)) {
        String advice =
            Nearest.to(name, FILES)
                .map(near -> "Did you mean " + near + "?")
                .orElse("Move it away, or put a full stop before its name to have it ignored.");
        reading.problems().add(Place.of(file), "nothing reads a file of this name. " + advice);
      }
    }
  }
}
