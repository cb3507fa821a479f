package io.rowhook.admin.init;

import io.rowhook.admin.init.Proposal.Entity;
import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code rowhook init} would write: a proposal and the database that it is for. Immutable.
 *
 * @param proposal what to capture
 * @param catalog what it was made of
 * @param uri of the database
 * @param names of what is made there
 */
public record Draft(Proposal proposal, SourceCatalog catalog, PostgresUri uri, Names names) {

  private static final int MOST_TOLD = 20;

  /**
   * What is made in the database.
   *
   * @param role that Rowhook will log in as
   */
  public record Names(String role, String publication, String slot) {}

  /** An entity, for a person to choose by. */
  public record Choice(String name, String table, int parts, int references, String why) {}

  /**
   * The same with what it is made of.
   *
   * @param key what recipients know it by
   * @param parts their names
   * @param references their names
   */
  public record Offer(
      String name,
      TableId table,
      List<String> key,
      List<String> parts,
      List<String> references,
      String why) {}

  /**
   * Proposes.
   *
   * @param wanted tables that are to be entities, whatever their names say
   */
  public static Draft of(SourceCatalog catalog, Set<TableId> wanted, PostgresUri uri, Names names) {
    return new Draft(Proposer.propose(catalog, wanted), catalog, uri, names);
  }

  /** The entities, in the order of their names. */
  public List<Choice> choices() {
    return proposal.entities().stream()
        .map(entity ->
            new Choice(
                entity.name(),
                entity.table().id().toString(),
                entity.parts().size(),
                entity.references().size(),
                entity.why()))
        .toList();
  }

  /** The same with what they are made of. */
  public List<Offer> offers() {
    return proposal.entities().stream()
        .map(entity ->
            new Offer(
                entity.name(),
                entity.table().id(),
                entity.id().isEmpty() ? entity.table().key() : entity.id(),
                entity.parts().stream().map(Proposal.Part::name).toList(),
                entity.references().stream().map(Proposal.Reference::name).toList(),
                entity.why()))
        .toList();
  }

  /** How many tables are left out. */
  public int leftOut() {
    return proposal.leftOut().size();
  }

  /** Why tables are left out, a line each; of many only the first. */
  public String whyNot() {
    return proposal.leftOut().entrySet().stream()
        .limit(MOST_TOLD)
        .map(one -> "%n  %s: %s".formatted(one.getKey(), one.getValue()))
        .collect(Collectors.joining());
  }

  /** The same with these entities only. */
  public Draft only(Set<String> chosen) {
    return new Draft(proposal.only(entity -> chosen.contains(entity.name())), catalog, uri, names);
  }

  /** The same without the entities of these tables. */
  public Draft besides(Set<TableId> tables) {
    Proposal others = proposal.only(entity -> !tables.contains(entity.table().id()));
    return new Draft(others, catalog, uri, names);
  }

  /** Only the entities of these tables, each by the name that is given. */
  public Draft named(Map<TableId, String> chosen) {
    List<Entity> entities = new ArrayList<>();
    for (Entity entity : proposal.entities()) {
      String name = chosen.get(entity.table().id());
      if (name != null) {
        entities.add(entity.named(name));
      }
    }
    return new Draft(new Proposal(entities, Map.of()), catalog, uri, names);
  }

  /** What the rows of a table are known by; empty: that is not known. */
  public List<String> key(TableId id) {
    return table(id).map(SourceCatalog.Table::key).orElse(List.of());
  }

  /** About how many rows a table has; null: nobody has counted them. */
  public @Nullable Long rows(TableId id) {
    return table(id).map(SourceCatalog.Table::rows).filter(rows -> rows >= 0).orElse(null);
  }

  private Optional<SourceCatalog.Table> table(TableId id) {
    return Optional.ofNullable(catalog.byName().get(id));
  }

  /** The columns of a table that seem to hold secrets. */
  public Set<String> secrets(TableId id) {
    SourceCatalog.Table table = catalog.byName().get(id);
    return table == null
        ? Set.of()
        : table.columns().stream()
            .filter(column -> Columns.hidden(table, column) == Columns.Hidden.secret)
            .map(SourceCatalog.Column::name)
            .collect(Collectors.toSet());
  }

  /** Only what a file of entities, comments included, does not name yet. */
  public Draft without(String entitiesFile) {
    List<Entity> fresh =
        proposal.entities().stream()
            .filter(entity -> !names(entitiesFile, entity.table().id()))
            .toList();
    return new Draft(new Proposal(fresh, Map.of()), catalog, uri, names);
  }

  /** Whether a text has a table's name, with characters around it that belong to no name. */
  private static boolean names(String text, TableId table) {
    String whole = Pattern.quote(table.toString());
    String name =
        table.schema().equals("public") ? whole + "|" + Pattern.quote(table.name()) : whole;
    return Pattern.compile("(?m)(^|[^\\w.$])(" + name + ")($|[^\\w$])").matcher(text).find();
  }

  /** Secrets that an existing mapping sends: new columns of its tables, perhaps. */
  public List<String> secretsIn(List<EntityType> entities) {
    List<String> found = new ArrayList<>();
    for (EntityType entity : entities) {
      secrets(entity.table(), entity.attributes()::test)
          .ifPresent(
              columns -> found.add(entity.name() + ": add to attributes.exclude: " + columns));
      for (ChildTable part : entity.parts()) {
        secrets(part.table(), part.attributes()::test)
            .ifPresent(columns ->
                found.add(
                    entity.name()
                        + ".contains."
                        + part.name()
                        + ": add to attributes.exclude: "
                        + columns));
      }
    }
    return found;
  }

  /** Those of the rights on tables of the catalog, but for columns that seem to be secrets. */
  public List<MissingGrant> withoutSecrets(List<MissingGrant> grants) {
    List<MissingGrant> left = new ArrayList<>();
    for (MissingGrant grant : grants) {
      SourceCatalog.Table table = catalog.byName().get(grant.table());
      if (table == null) {
        continue;
      }
      MissingGrant without = grant.without(secrets(table.id()));
      if (!without.columns().isEmpty()) {
        left.add(without);
      }
    }
    return left;
  }

  private Optional<String> secrets(TableId id, Predicate<String> sent) {
    SourceCatalog.Table table = catalog.byName().get(id);
    if (table == null) {
      return Optional.empty();
    }
    String columns =
        table.columns().stream()
            .filter(column -> Columns.hidden(table, column) == Columns.Hidden.secret)
            .map(SourceCatalog.Column::name)
            .filter(sent)
            .map(YamlText::of)
            .collect(Collectors.joining(", "));
    return columns.isEmpty() ? Optional.empty() : Optional.of(columns);
  }

  /** Each file's text, by its path inside the settings' directory. */
  public Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("source.properties", SourceText.file(uri, names.role()));
    files.put("entities.yaml", EntitiesText.file(proposal));
    files.put("recipients/receive.yaml", RecipientText.file(proposal));
    files.put("setup.sql", SetupText.file(proposal, catalog.server(), names, uri.database()));
    return files;
  }

  /** The entities as text to be added to {@code entities.yaml}. */
  public String entitiesToAdd() {
    return EntitiesText.entities(proposal);
  }

  /** What the owner has to run for these besides. */
  public String setupToAdd() {
    return SetupText.additions(proposal, catalog.server(), names, uri.database());
  }

  /** The same as statements. */
  public List<String> statements() {
    return SqlStatements.of(setupToAdd()).stream().map(statement -> statement + ";").toList();
  }

  /** Writes a file that is not there yet, with the directories above it. */
  public static void write(Path file, String text) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
  }
}
