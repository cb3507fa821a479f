package io.rowhook.settings;

import io.rowhook.entity.EntityType;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.entities.EntitiesFileReader;
import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.Interpolation;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.PendingEdits;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code connector-config/} and {@code jslt-templates/} say, as the rooms' own records.
 * Immutable.
 *
 * @param source Debezium's properties, for the capture room to judge
 * @param entities at least one, in the order of the file
 * @param recipients by name; may be none, since one can be added while running
 * @param journal the journal's file; a relative path counts from the working directory
 * @param kafka the durable log behind that file; empty: the file is all there is
 * @param retention how long what is settled is kept
 * @param allowed networks that any recipient may be in; in each recipient's own list already
 * @param proxy what requests go through; in each recipient's own options already
 * @param admin where the API listens, beside the loopback for the commands
 * @param sets the attribute sets
 * @param templateHashes what tells that one was edited: in hex, of each set with all that it
 *     imports, and of each other file in their directory, by its path inside
 */
public record Settings(
    SourceProperties source,
    List<EntityType> entities,
    List<Recipient> recipients,
    Path journal,
    Optional<KafkaSettings> kafka,
    Duration retention,
    List<CidrBlock> allowed,
    Optional<HttpProxy> proxy,
    Optional<AdminSettings> admin,
    TemplateRegistry.Loaded sets,
    Map<String, String> templateHashes) {

  public Settings {
    entities = List.copyOf(entities);
    recipients = List.copyOf(recipients);
    allowed = List.copyOf(allowed);
    templateHashes = Map.copyOf(templateHashes);
  }

  /**
   * Reads all files, every one of which has to be good.
   *
   * @param connectorConfig its name begins the place of every problem
   * @param templates need not exist
   * @param env for {@code ${env:NAME}}
   * @throws SettingsException with everything that is wrong in any of them
   */
  public static Settings read(Path connectorConfig, Path templates, Map<String, String> env)
      throws SettingsException {
    SettingsReader read =
        SettingsReader.read(
            connectorConfig, templates, env, new HashSet<>(), null, false, PendingEdits.NONE);
    if (!read.problems().isEmpty()) {
      throw new SettingsException(read.problems());
    }
    RowhookFileReader rowhook = read.rowhook().orElseThrow();
    return new Settings(
        read.source().orElseThrow(),
        read.entities().orElseThrow(),
        read.goodRecipients(),
        rowhook.journal(),
        rowhook.kafka(),
        rowhook.retention(),
        rowhook.allowed(),
        rowhook.proxy(),
        rowhook.admin(),
        read.sets().good(),
        hashes(read.sets().good(), read.hashes()));
  }

  /**
   * Only where the journal is, for commands that speak to the service on it.
   *
   * @throws SettingsException with everything that is wrong in {@code rowhook.yaml}
   */
  public static Path journal(Path connectorConfig, Map<String, String> env)
      throws SettingsException {
    Diagnostics problems = new Diagnostics();
    Path file = connectorConfig.resolve("rowhook.yaml");
    ParseSession session = new ParseSession(problems, new Interpolation(env), new HashSet<>());
    Path journal =
        session.guarded(
            file,
            RowhookFileReader.DEFAULT_JOURNAL,
            () -> RowhookFileReader.read(file, List.of(connectorConfig), session).journal());
    problems.throwIfAny();
    return journal;
  }

  /**
   * Only the entities, for who proposes more of them.
   *
   * @throws SettingsException with everything that is wrong in {@code entities.yaml}
   */
  public static List<EntityType> entities(Path connectorConfig, Map<String, String> env)
      throws SettingsException {
    Diagnostics problems = new Diagnostics();
    Path file = connectorConfig.resolve("entities.yaml");
    ParseSession session = new ParseSession(problems, new Interpolation(env), new HashSet<>());
    EntitiesFileReader read =
        session.guarded(
            file,
            new EntitiesFileReader(List.of(), List.of()),
            () -> EntitiesFileReader.read(file, session));
    problems.throwIfAny();
    return read.entities();
  }

  /**
   * What {@code source.properties} calls publication and slot, by the keys that it sets; without
   * the file, and of references of other keys that do not resolve here, nothing is said.
   *
   * @throws SettingsException if a name, or the file, cannot be read
   */
  public static Map<String, String> sourceNames(Path connectorConfig, Map<String, String> env)
      throws SettingsException {
    Path file = connectorConfig.resolve("source.properties");
    Map<String, String> names = new HashMap<>();
    if (!Files.exists(file)) {
      return names;
    }
    Diagnostics problems = new Diagnostics();
    ParseSession session = new ParseSession(problems, new Interpolation(env), new HashSet<>());
    Optional<SourceProperties> read =
        session.guarded(file, Optional.empty(), () -> SourceFileReader.read(file, session));
    if (read.isEmpty()) {
      problems.throwIfAny();
      return names;
    }
    for (String key : List.of("publication.name", "slot.name")) {
      String name = read.get().values().get(key);
      if (name != null) {
        names.put(key, name);
      } else if (read.get().lines().containsKey(key)) {
        problems.throwIfAny();
      }
    }
    return names;
  }

  /**
   * The entities that a text describes as {@code entities.yaml} would, without variables.
   *
   * @throws SettingsException with everything that is wrong in it
   */
  public static List<EntityType> entities(String text) throws SettingsException {
    Diagnostics problems = new Diagnostics();
    Path file = Path.of("entities.yaml");
    ParseSession session =
        new ParseSession(
            problems,
            new Interpolation(Map.of()),
            new HashSet<>(),
            PendingEdits.of(file, Optional.of(text)));
    List<EntityType> entities = EntitiesFileReader.read(file, session).entities();
    problems.throwIfAny();
    return entities;
  }

  /** The recipient of a name; empty: none has it. */
  public Optional<Recipient> recipient(String name) {
    return recipients.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /** These settings with other entities. */
  Settings withEntities(List<EntityType> other) {
    return new Settings(
        source,
        other,
        recipients,
        journal,
        kafka,
        retention,
        allowed,
        proxy,
        admin,
        sets,
        templateHashes);
  }

  /** These settings with more attribute sets. */
  Settings withSets(Map<String, Template> more) {
    TemplateRegistry.Loaded all = new TemplateRegistry.Loaded(more);
    return new Settings(
        source,
        entities,
        recipients,
        journal,
        kafka,
        retention,
        allowed,
        proxy,
        admin,
        all,
        hashes(all, templateHashes));
  }

  /** Of a set what it was made of, of another file what it holds. */
  public static Map<String, String> hashes(
      TemplateRegistry.Loaded sets, Map<String, String> files) {
    Map<String, String> hashes = new TreeMap<>();
    files.forEach((name, hash) -> {
      if (!TemplateRegistry.isSet(name)) {
        hashes.put(name, hash);
      }
    });
    sets.sets().forEach((String name, Template set) -> hashes.put(name, set.hash()));
    return hashes;
  }
}
