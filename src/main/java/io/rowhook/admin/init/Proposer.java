package io.rowhook.admin.init;

import io.rowhook.admin.init.Proposal.Entity;
import io.rowhook.admin.init.Proposal.Hide;
import io.rowhook.admin.init.Proposal.Part;
import io.rowhook.admin.init.Proposal.Reference;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From a catalog to the entities that are proposed. Pure: asks nobody. */
final class Proposer {

  private static final Set<String> POINTERS = Set.of("id", "key", "fk", "uid", "uuid", "ref", "no");

  private static final Set<String> PASSING =
      Set.of("sessions", "history", "queues", "migrations", "translations");

  private final Map<TableId, Table> tables;
  private final TableNames names;
  private final TableKinds kinds;
  private final Pointers pointers;

  private Proposer(SourceCatalog catalog, Set<TableId> wanted) {
    this.tables = catalog.byName();
    this.names = new TableNames(catalog.tables());
    this.pointers = new Pointers(tables);
    this.kinds = new TableKinds(catalog, names, wanted);
  }

  /**
   * Proposes.
   *
   * @param wanted tables that are to be entities, whatever their names say
   */
  static Proposal propose(SourceCatalog catalog, Set<TableId> wanted) {
    return new Proposer(catalog, wanted).all(catalog);
  }

  private Proposal all(SourceCatalog catalog) {
    List<Entity> entities = new ArrayList<>();
    for (Table table : catalog.tables()) {
      String why = kinds.entities().get(table.id());
      if (why != null) {
        entities.add(entity(table, why));
      }
    }
    entities.sort(Comparator.comparing(Entity::name));
    return new Proposal(entities, kinds.leftOut());
  }

  private Entity entity(Table table, String why) {
    List<String> id = id(table);
    Set<String> taken = taken(table);
    List<Part> parts = sameKey(parts(table, taken, 1));
    Set<String> needed = new HashSet<>(id);
    needed.addAll(table.key());
    List<Reference> references = references(table, List.of(), taken);
    return new Entity(
        names.entity(table.id()),
        table,
        id.equals(table.key()) ? List.of() : id,
        Columns.deleted(table),
        hidden(table, needed),
        PersonalData.asked(table, needed),
        parts,
        references,
        Columns.states(table),
        pointers.notes(table),
        why);
  }

  /** The key that other tables name it by, where most name another than its own. */
  private List<String> id(Table table) {
    List<String> best = table.key();
    long most = named(table, best);
    for (List<String> key : table.uniqueKeys()) {
      long named = named(table, key);
      if (named > most) {
        most = named;
        best = key;
      }
    }
    return best;
  }

  private long named(Table table, List<String> key) {
    return tables.values().stream()
        .flatMap(other -> other.foreignKeys().stream())
        .filter(foreign -> foreign.table().equals(table.id()))
        .filter(foreign -> Set.copyOf(foreign.to()).equals(Set.copyOf(key)))
        .count();
  }

  private static Set<String> taken(Table table) {
    Set<String> taken = new HashSet<>();
    table.columns().forEach(column -> taken.add(column.name()));
    return taken;
  }

  private List<Part> parts(Table owner, Set<String> taken, int depth) {
    List<Part> parts = new ArrayList<>();
    for (Table table : tables.values()) {
      Ownership.Owner belongs = kinds.owners().get(table.id());
      if (belongs == null || !belongs.table().equals(owner.id())) {
        continue;
      }
      Pair pair = Pair.of(belongs.key(), owner);
      if (depth == 2 && !pair.to().isEmpty()) {
        kinds.leftOut().put(table.id(), "part of a part by another key than its own");
        continue;
      }
      String name = free(names.part(table.id(), owner.id()), taken);
      Set<String> inner = taken(table);
      List<String> orderBy = Columns.orders(table);
      List<Part> own = depth == 1 ? parts(table, inner, 2) : List.of();
      Set<String> needed = new HashSet<>(pair.key());
      needed.addAll(table.key());
      needed.addAll(orderBy);
      parts.add(
          new Part(
              name,
              table,
              pair.key(),
              belongs.key().declared(),
              pair.to(),
              orderBy,
              hidden(table, needed),
              PersonalData.asked(table, needed),
              own,
              references(table, belongs.key().columns(), inner),
              pointers.notes(table)));
    }
    return parts;
  }

  /** All parts of an entity have to name it by one key: those that most do. */
  private List<Part> sameKey(List<Part> parts) {
    List<String> most =
        parts.stream()
            .map(Part::to)
            .max(
                Comparator.comparingLong(
                    to -> parts.stream().filter(part -> part.to().equals(to)).count()))
            .orElse(List.of());
    List<Part> same = new ArrayList<>();
    for (Part part : parts) {
      if (part.to().equals(most)) {
        same.add(part);
      } else {
        kinds
            .leftOut()
            .put(part.table().id(), "names its owner by another key than other parts do");
      }
    }
    return same;
  }

  /** A foreign key's columns in the order of the key that they hold. */
  private record Pair(List<String> key, List<String> to) {
    static Pair of(ForeignKey foreign, Table target) {
      List<String> own = target.primaryKey();
      if (Set.copyOf(own).equals(Set.copyOf(foreign.to())) && own.size() == foreign.to().size()) {
        List<String> ordered =
            own.stream()
                .map(column -> foreign.columns().get(foreign.to().indexOf(column)))
                .toList();
        return new Pair(ordered, List.of());
      }
      return new Pair(foreign.columns(), foreign.to());
    }
  }

  private static List<Hide> hidden(Table table, Set<String> needed) {
    List<Hide> hidden = new ArrayList<>();
    for (Column column : table.columns()) {
      Columns.Hidden why = Columns.hidden(table, column);
      if (why != null && !needed.contains(column.name()) && !column.generated()) {
        hidden.add(new Hide(column.name(), why));
      }
    }
    return hidden;
  }

  private List<Reference> references(Table table, List<String> owner, Set<String> taken) {
    List<Reference> references = new ArrayList<>();
    for (ForeignKey key : table.foreignKeys()) {
      Table target = tables.get(key.table());
      if (target == null
          || key.columns().equals(owner)
          || !isSent(table, key)
          || isPassing(target)) {
        continue;
      }
      reference(key, target, 1)
          .ifPresent(found ->
              references.add(
                  new Reference(
                      free(name(key, target), taken),
                      found.table(),
                      found.key(),
                      found.declared(),
                      "",
                      found.to(),
                      found.attributes(),
                      found.references())));
    }
    for (Pointers.Target target : pointers.targets(table)) {
      List<String> attributes = Columns.telling(target.table());
      if (!attributes.isEmpty()) {
        List<String> words = new ArrayList<>(Words.of(target.column()));
        words.addAll(Words.lastSingular(names.words(target.table().id())));
        references.add(
            new Reference(
                free(Words.attribute(words), taken),
                target.table(),
                List.of(target.column()),
                true,
                target.prefix(),
                List.of(),
                attributes,
                List.of()));
      }
    }
    return references;
  }

  /** Rows that come and go with the program's own work say nothing to a recipient. */
  private boolean isPassing(Table target) {
    return PASSING.contains(kinds.leftOut().getOrDefault(target.id(), ""));
  }

  private static boolean isSent(Table table, ForeignKey key) {
    return key.columns().stream()
        .map(table::column)
        .noneMatch(column ->
            Columns.hidden(table, column) != null
                || Set.of("bytea", "array").contains(column.kind()));
  }

  /** With the columns that tell which row it is; where it has none, with what it names itself. */
  private Optional<Reference> reference(ForeignKey key, Table target, int depth) {
    Pair pair = Pair.of(key, target);
    List<String> attributes = Columns.telling(target);
    List<Reference> inner = new ArrayList<>();
    if (attributes.isEmpty() && depth == 1) {
      Set<String> taken = taken(target);
      for (ForeignKey next : target.foreignKeys()) {
        Table other = tables.get(next.table());
        if (other != null && !other.id().equals(target.id()) && isSent(target, next)) {
          reference(next, other, 2)
              .ifPresent(found ->
                  inner.add(
                      new Reference(
                          free(name(next, other), taken),
                          other,
                          found.key(),
                          found.declared(),
                          "",
                          found.to(),
                          found.attributes(),
                          List.of())));
        }
      }
    }
    if (attributes.isEmpty() && inner.isEmpty()) {
      return Optional.empty();
    }
    List<String> shown = attributes.isEmpty() ? target.key() : attributes;
    return shown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Reference("", target, pair.key(), key.declared(), "", pair.to(), shown, inner));
  }

  /** {@code customer_id} names the customer; a name that says nothing is that of the table. */
  private String name(ForeignKey key, Table target) {
    List<String> words = new ArrayList<>(Words.of(key.columns().getLast()));
    boolean pointer = words.size() > 1 && POINTERS.contains(words.getLast());
    if (pointer) {
      words.removeLast();
    } else if (words.size() > 1 && Set.of("id", "fk").contains(words.getFirst())) {
      words.removeFirst();
    } else {
      words = new ArrayList<>(Words.lastSingular(names.words(target.id())));
    }
    return Words.attribute(words);
  }

  private static String free(String name, Set<String> taken) {
    String choice = name;
    for (int i = 2; !taken.add(choice); i++) {
      choice = i == 2 ? name + "_row" : name + "_row" + i;
    }
    return choice;
  }
}
