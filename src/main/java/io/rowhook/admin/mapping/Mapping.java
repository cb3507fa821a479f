package io.rowhook.admin.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.init.Draft;
import io.rowhook.admin.preview.RowEvent;
import io.rowhook.base.Json;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsEditor;
import io.rowhook.settings.SettingsEditor.Content;
import io.rowhook.settings.SettingsEditor.Kind;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsProblem;
import io.rowhook.settings.YamlBlocks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entities in force and those that {@code rowhook init} would propose besides: shown, tried on
 * a row, and chosen, which edits {@code entities.yaml}. Any thread.
 */
public final class Mapping {

  private final SourceConfig source;
  private final Supplier<Settings> settings;
  private final SettingsEditor editor;
  private final CachedDraft drafts;

  /**
   * @param settings those in force
   */
  public Mapping(SourceConfig source, Supplier<Settings> settings, SettingsEditor editor) {
    this.source = source;
    this.settings = settings;
    this.editor = editor;
    this.drafts = new CachedDraft(source);
  }

  /**
   * An entity in force, or one that is proposed.
   *
   * @param was the name in force; null: it is proposed
   * @param key what recipients know it by
   * @param parts their names
   * @param references their names
   * @param rows about how many, by the source's statistics; null: these do not say
   * @param why it is proposed; null: it is in force
   */
  public record Entity(
      TableId table,
      String name,
      @Nullable String was,
      List<String> key,
      List<String> parts,
      List<String> references,
      @Nullable Long rows,
      @Nullable String why) {}

  /**
   * An entity that shall be.
   *
   * @param was the name that it has in force; empty: it is told by its table
   */
  public record Wanted(String table, String name, Optional<String> was) {}

  /** The version of {@code entities.yaml}, for {@link #replace}. */
  public String etag() throws EditRefusedException {
    return file().etag();
  }

  private Content file() throws EditRefusedException {
    return editor.read(Kind.entities, SettingsEditor.ENTITIES);
  }

  /**
   * All of them, those in force first.
   *
   * @throws io.rowhook.capture.SourceException if the source cannot be asked
   */
  public List<Entity> entities() throws InterruptedException {
    Draft draft = drafts.get();
    List<Entity> all = new ArrayList<>();
    for (EntityType type : settings.get().entities()) {
      all.add(
          new Entity(
              type.table(),
              type.name(),
              type.name(),
              type.id().isEmpty() ? draft.key(type.table()) : type.id(),
              type.parts().stream().map(ChildTable::name).toList(),
              type.references().stream().map(LookupReference::name).toList(),
              draft.rows(type.table()),
              null));
    }
    for (Draft.Offer offer : proposed(draft).offers()) {
      all.add(
          new Entity(
              offer.table(),
              offer.name(),
              null,
              offer.key(),
              offer.parts(),
              offer.references(),
              draft.rows(offer.table()),
              offer.why()));
    }
    return all;
  }

  private Draft proposed(Draft draft) {
    return draft.besides(
        CapturePlan.of(settings.get().entities()).stream()
            .map(CapturedTable::table)
            .collect(Collectors.toSet()));
  }

  /**
   * A row of a table as an event that has just created it, without what seems to be a secret;
   * empty: no entity has this table, and none is proposed.
   *
   * @param name of which of the entities in force that have the table; empty: the first
   * @throws IllegalStateException if there is no row, in words
   * @throws io.rowhook.capture.SourceException if it cannot be read, with what mends it
   */
  public Optional<JsonNode> sample(String table, Optional<String> name)
      throws InterruptedException {
    Draft draft = drafts.get();
    Optional<EntityType> type = inForce(table, name).findFirst().or(() -> proposed(draft, table));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode event = Json.MAPPER.readTree(RowEvent.any(source, type.get()).event().json());
      if (event.path("data") instanceof ObjectNode data) {
        new SecretColumns(draft::secrets).remove(data, type.get());
      }
      return Optional.of(event);
    } catch (IOException e) {
      throw new IllegalStateException("an event is JSON", e);
    }
  }

  private Stream<EntityType> inForce(String table, Optional<String> name) {
    return settings.get().entities().stream()
        .filter(type -> type.table().toString().equals(table))
        .filter(type -> name.isEmpty() || type.name().equals(name.get()));
  }

  private Optional<EntityType> proposed(Draft draft, String table) {
    Optional<Draft.Offer> offer = offer(draft, table);
    if (offer.isEmpty()) {
      return Optional.empty();
    }
    try {
      String text = draft.named(Map.of(offer.get().table(), offer.get().name())).entitiesToAdd();
      return Optional.of(Settings.entities(text).getFirst());
    } catch (SettingsException e) {
      throw new IllegalStateException("what is proposed of " + table + " is not good: " + e, e);
    }
  }

  private Optional<Draft.Offer> offer(Draft draft, String table) {
    return proposed(draft).offers().stream()
        .filter(one -> one.table().toString().equals(table))
        .findFirst();
  }

  /**
   * Writes {@code entities.yaml} so that it has just these, and leaves all else in it as it stands.
   *
   * @param ifMatch the {@link #etag} of what was looked at
   * @throws EditRefusedException if it is not good, or the source is not ready for it: with the
   *     statements that the owner of the tables has to run
   */
  public SettingsEditor.Outcome replace(List<Wanted> wanted, String ifMatch, String actor)
      throws EditRefusedException, InterruptedException {
    YamlBlocks blocks =
        YamlBlocks.of(String.valueOf(file().text()))
            .orElseThrow(() ->
                new EditRefusedException(
                    Reason.INVALID,
                    "entities.yaml does not have each entity on lines of its own, so nothing was"
                        + " changed. Write it so, or edit it by hand"));
    Set<String> there = new HashSet<>();
    settings.get().entities().forEach(type -> there.add(type.name()));
    if (!there.equals(Set.copyOf(blocks.keys()))) {
      throw new EditRefusedException(
          Reason.STALE,
          "entities.yaml holds other entities than are in force, so nothing was changed. rowhook"
              + " status says why; mend it by hand, or wait until it is in force");
    }
    Draft draft = drafts.get();
    Map<String, String> names = new LinkedHashMap<>();
    Map<TableId, String> added = new LinkedHashMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      place(wanted.get(i), i, draft, names, added);
    }
    Draft more = draft.named(added);
    drafts.forget(); // what it says of publication and rights may be different by now
    try {
      String text = blocks.with(names, added.isEmpty() ? "" : more.entitiesToAdd());
      return editor.replace(Kind.entities, SettingsEditor.ENTITIES, text, ifMatch, actor);
    } catch (EditRefusedException e) {
      throw e.reason() == Reason.SOURCE && !added.isEmpty() ? withStatements(e, more) : e;
    }
  }

  /** Notes what is wanted as one in force under a name, or as a proposed one. */
  private void place(
      Wanted wanted, int index, Draft draft, Map<String, String> names, Map<TableId, String> added)
      throws EditRefusedException {
    List<EntityType> inForce = inForce(wanted.table(), wanted.was()).toList();
    Optional<Draft.Offer> offer = offer(draft, wanted.table());
    String wrong = "";
    if (inForce.size() > 1) {
      wrong = "is the table of several entities: say by was which one is meant";
    } else if (inForce.size() == 1) {
      if (names.put(inForce.getFirst().name(), wanted.name()) != null) {
        wrong = "is named twice. Take one of the two out";
      }
    } else if (offer.isEmpty() || wanted.was().isPresent()) {
      wrong = "is no entity's table, and none that is proposed. Look at what there is again";
    } else if (added.put(offer.get().table(), wanted.name()) != null) {
      wrong = "is named twice. Take one of the two out";
    }
    if (!wrong.isEmpty()) {
      throw new EditRefusedException(
          Reason.INVALID,
          "the mapping cannot be so, so nothing was changed. Correct what is listed",
          List.of(
              new SettingsProblem(
                  "", 0, 0, "entities[" + index + "].table", wanted.table() + " " + wrong)));
    }
  }

  private EditRefusedException withStatements(EditRefusedException e, Draft more) {
    List<SettingsProblem> problems = new ArrayList<>(e.problems());
    problems.add(
        SettingsProblem.of(
            "All that the owner of the tables has to run for what is new: "
                + String.join(" ", more.statements())));
    return new EditRefusedException(e.reason(), String.valueOf(e.getMessage()), problems);
  }
}
