package io.rowhook.settings;

import io.rowhook.base.DidYouMean;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.entities.EntitiesFileReader;
import io.rowhook.settings.entities.EntityNames;
import io.rowhook.settings.recipients.RecipientFileReader;
import io.rowhook.settings.recipients.RecipientFilesReader;
import io.rowhook.settings.recipients.TemplateNames;
import io.rowhook.settings.recipients.TlsParser;
import io.rowhook.settings.reload.ContentFingerprint;
import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.Interpolation;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.PendingEdits;
import io.rowhook.template.TemplateRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that both directories hold at one moment, each file read for itself: what is wrong in
 * one leaves the others as good as they are. Immutable.
 *
 * @param source empty: the file is not good
 * @param rowhook likewise
 * @param entities likewise
 * @param recipients in the order of their names
 * @param listed whether it could be seen which recipients there are
 * @param sets good ones, and problems
 * @param directory of the attribute sets
 * @param hashes of the files there
 * @param located what is wrong in all files, each with its place
 */
public record SettingsReader(
    Optional<SourceProperties> source,
    Optional<RowhookFileReader> rowhook,
    Optional<List<EntityType>> entities,
    List<RecipientFilesReader.Found> recipients,
    boolean listed,
    TemplateRegistry.Read sets,
    Path directory,
    SortedMap<String, String> hashes,
    List<SettingsProblem> located) {

  private static final List<String> FILES =
      List.of(
          "source.properties",
          "entities.yaml",
          "rowhook.yaml",
          "recipients",
          TlsParser.DIRECTORY,
          "setup.sql"); // for the tables' owner

  /**
   * Reads all files for whoever only looks at them.
   *
   * @param env for {@code ${env:NAME}}
   * @throws SettingsException if there is no such directory
   */
  public static SettingsReader read(Path connectorConfig, Path templates, Map<String, String> env)
      throws SettingsException {
    return read(connectorConfig, templates, env, new HashSet<>(), null, false, PendingEdits.NONE);
  }

  /**
   * Reads all files.
   *
   * @param env for {@code ${env:NAME}}
   * @param files is given those that the settings name and that were looked into
   * @param inForce stands for a file that is not good where another is held against it; null: none
   * @param entitiesStay whether the source has refused the entities, so that a recipient without
   *     subscriptions gets those in force
   * @param edits files that are read as they would be
   * @throws SettingsException if there is no such directory
   */
  static SettingsReader read(
      Path connectorConfig,
      Path templates,
      Map<String, String> env,
      Set<Path> files,
      @Nullable Settings inForce,
      boolean entitiesStay,
      PendingEdits edits)
      throws SettingsException {
    Diagnostics problems = new Diagnostics();
    ParseSession session = new ParseSession(problems, new Interpolation(env), files, edits);
    if (!Files.isDirectory(connectorConfig)) {
      problems.add(
          Location.of(connectorConfig),
          "the directory is missing. Create it, or name another with --config.");
      problems.throwIfAny();
    }
    checkNames(connectorConfig, session);
    Path sourceFile = connectorConfig.resolve("source.properties");
    Optional<SourceProperties> source =
        session.guarded(
            sourceFile, Optional.empty(), () -> SourceFileReader.read(sourceFile, session));
    Path rowhookFile = connectorConfig.resolve("rowhook.yaml");
    Optional<RowhookFileReader> rowhook =
        session.guarded(
            rowhookFile,
            Optional.empty(),
            () ->
                Optional.of(
                    RowhookFileReader.read(
                        rowhookFile, List.of(connectorConfig, templates), session)));
    Path entitiesFile = connectorConfig.resolve("entities.yaml");
    EntitiesFileReader entities =
        session.guarded(
            entitiesFile,
            new EntitiesFileReader(List.of(), List.of()),
            () -> EntitiesFileReader.read(entitiesFile, session));
    Path recipientsDirectory = connectorConfig.resolve("recipients");
    boolean entitiesAreGood = !problems.in(entitiesFile);
    Optional<RowhookFileReader> goodRowhook = rowhook.filter(_ -> !problems.in(rowhookFile));
    RecipientFileReader.ForAll forAll =
        goodRowhook
            .map(file -> new RecipientFileReader.ForAll(file.allowed(), file.proxy()))
            .orElseGet(() ->
                inForce == null
                    ? new RecipientFileReader.ForAll(List.of(), Optional.empty())
                    : new RecipientFileReader.ForAll(inForce.allowed(), inForce.proxy()));
    List<String> captured =
        inForce == null
            ? entities.names()
            : inForce.entities().stream().map(EntityType::name).toList();
    List<String> names = entitiesAreGood ? entities.names() : captured;
    List<RecipientFilesReader.Found> recipients =
        new RecipientFilesReader(recipientsDirectory, forAll, session)
            .read(
                new EntityNames(names, entitiesStay ? captured : names),
                new TemplateNames(templates, edits.below(templates)));
    TemplateRegistry.Read sets = TemplateRegistry.read(templates, edits.below(templates));
    List<SettingsProblem> all = new ArrayList<>(problems.located());
    sets.problems().values().forEach(sentence -> all.add(SettingsProblem.of(sentence)));
    return new SettingsReader(
        source.filter(_ -> !problems.in(sourceFile)),
        goodRowhook,
        entitiesAreGood ? Optional.of(entities.entities()) : Optional.empty(),
        recipients,
        !problems.in(recipientsDirectory),
        sets,
        templates,
        hashes(templates, edits),
        all);
  }

  private static SortedMap<String, String> hashes(Path templates, PendingEdits edits) {
    SortedMap<String, String> hashes = ContentFingerprint.ofTemplates(templates);
    edits
        .below(templates)
        .forEach((name, text) -> {
          if (text.isPresent()) {
            byte[] content = text.get().getBytes(StandardCharsets.UTF_8);
            hashes.put(name, ContentFingerprint.of(content));
          } else {
            hashes.remove(name);
          }
        });
    return hashes;
  }

  /** What is wrong in all files, whole sentences. */
  public List<String> problems() {
    return located.stream().map(SettingsProblem::toString).toList();
  }

  /** The recipients whose files are good. */
  public List<Recipient> goodRecipients() {
    return recipients.stream().flatMap(found -> found.good().stream()).toList();
  }

  /** Whether every recipient's file is good. */
  public boolean areRecipientsGood() {
    return listed && recipients.stream().allMatch(found -> found.good().isPresent());
  }

  private static void checkNames(Path directory, ParseSession session) {
    for (Path file : SettingsFiles.visible(directory, session)) {
      String name = String.valueOf(file.getFileName());
      if (!FILES.contains(name)) {
        String advice =
            DidYouMean.to(name, FILES)
                .map(near -> "Did you mean " + near + "?")
                .orElse("Move it away, or put a full stop before its name to have it ignored.");
        session.problems().add(Location.of(file), "nothing reads a file of this name. " + advice);
      }
    }
  }
}
