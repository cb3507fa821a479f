package io.rowhook.settings;

import io.rowhook.capture.SourceException;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.EntityType;
import io.rowhook.settings.reload.SettingsOverlay;
import io.rowhook.settings.yaml.PendingEdits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells what would come of edits before they are on disk: reads all files with them and lays them
 * over the settings in force, as {@link SettingsReloader} would. Changes nothing. One thread at a
 * time.
 */
final class SettingsTrial {

  /**
   * What would come of edits.
   *
   * @param problems why they would be refused: all that is wrong in an edited file, and what is
   *     wrong elsewhere only with them
   * @param settings what would be in force
   * @param changes by the edits alone, a line for each thing, without values
   * @param bySource whether the source is a reason: it does not let the edited entities be captured
   */
  record Result(
      List<SettingsProblem> problems, Settings settings, List<String> changes, boolean bySource) {}

  private final Path connectorConfig;
  private final Path templates;
  private final Map<String, String> env;
  private final ReloadListener source;

  SettingsTrial(
      Path connectorConfig, Path templates, Map<String, String> env, ReloadListener source) {
    this.connectorConfig = connectorConfig;
    this.templates = templates;
    this.env = env;
    this.source = source;
  }

  private record Read(List<SettingsProblem> problems, Settings settings, boolean bySource) {}

  /**
   * Tries edits.
   *
   * @param inForce the settings in force
   * @param entitiesStay whether the source has refused the entities that are on disk
   */
  Result of(PendingEdits edits, Settings inForce, boolean entitiesStay) throws SettingsException {
    List<TableMetadata> asked = new ArrayList<>();
    Function<List<EntityType>, List<TableMetadata>> facts =
        entities -> {
          if (asked.isEmpty()) {
            asked.addAll(source.lookOrKnown(entities));
          }
          return asked;
        };
    Read before = read(PendingEdits.NONE, inForce, entitiesStay, facts);
    Read after = read(edits, inForce, entitiesStay, facts);
    Set<String> known =
        before.problems.stream().map(SettingsProblem::toString).collect(Collectors.toSet());
    List<SettingsProblem> problems =
        after.problems.stream()
            .filter(problem -> !known.contains(problem.toString()) || isOf(problem, edits))
            .distinct()
            .toList();
    return new Result(
        problems,
        after.settings,
        SettingsDiff.between(before.settings, after.settings).lines(),
        after.bySource);
  }

  private Read read(
      PendingEdits edits,
      Settings inForce,
      boolean entitiesStay,
      Function<List<EntityType>, List<TableMetadata>> facts)
      throws SettingsException {
    SettingsReader files =
        SettingsReader.read(
            connectorConfig, templates, env, new HashSet<>(), inForce, entitiesStay, edits);
    List<SettingsProblem> problems = new ArrayList<>(files.located());
    SettingsOverlay overlay = new SettingsOverlay(inForce, files);
    Optional<List<EntityType>> other =
        edits.texts().containsKey(connectorConfig.resolve("entities.yaml"))
            ? overlay.entities()
            : Optional.empty();
    List<EntityType> entities = other.orElse(inForce.entities());
    Look look = other.map(this::look).orElse(Look.NONE);
    SettingsOverlay.Result result =
        overlay.with(entities, types -> look.tables().orElseGet(() -> facts.apply(types)));
    Stream.of(look.refused, result.problems(), result.conflicts())
        .flatMap(List::stream)
        .forEach(sentence -> problems.add(SettingsProblem.of(sentence)));
    return new Read(problems, result.settings(), !look.refused.isEmpty());
  }

  /**
   * What the source says of edited entities.
   *
   * @param tables theirs; empty: it was not asked, or refuses them
   * @param refused why
   */
  private record Look(Optional<List<TableMetadata>> tables, List<String> refused) {
    static final Look NONE = new Look(Optional.empty(), List.of());
  }

  private Look look(List<EntityType> entities) {
    try {
      return new Look(Optional.of(source.look(entities)), List.of());
    } catch (SourceException e) {
      return new Look(Optional.empty(), e.problems());
    }
  }

  /** Problems name files as Rowhook was told them, inside their directory, or by their name. */
  private boolean isOf(SettingsProblem problem, PendingEdits edits) {
    for (Map.Entry<Path, Optional<String>> edit : edits.texts().entrySet()) {
      Path file = edit.getKey();
      boolean gone = edit.getValue().isEmpty();
      if (!gone
          && (problem.file().equals(file.toString())
              || problem.file().equals(inside(connectorConfig, file))
              || problem.file().equals(inside(templates, file)))) {
        return true;
      }
    }
    return false;
  }

  private static String inside(Path directory, Path file) {
    return file.startsWith(directory)
        ? directory.relativize(file).toString().replace('\\', '/')
        : "";
  }
}
