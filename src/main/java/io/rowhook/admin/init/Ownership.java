package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells which other table's row a table's rows are parts of. Pure. */
final class Ownership {

  private final Map<TableId, Table> tables;
  private final TableNames names;
  private final Map<TableId, Set<TableId>> incoming;
  private final Set<TableId> leftOut;
  private final TableRoles roles;
  private final Hubs hubs;

  /** What a part belongs to, and by which foreign key. */
  record Owner(TableId table, ForeignKey key) {}

  /**
   * @param incoming the other tables that name each
   * @param leftOut tables that own nothing
   */
  Ownership(
      Map<TableId, Table> tables,
      TableNames names,
      Map<TableId, Set<TableId>> incoming,
      Set<TableId> leftOut) {
    this.tables = tables;
    this.names = names;
    this.incoming = incoming;
    this.leftOut = leftOut;
    this.roles = new TableRoles(names);
    this.hubs = new Hubs(tables, incoming, leftOut);
  }

  /** What a table's rows are parts of; empty: of nothing. */
  Optional<Owner> of(Table table) {
    Owner best = null;
    int most = 0;
    for (ForeignKey key : table.foreignKeys()) {
      Table target = tables.get(key.table());
      boolean fits =
          target != null
              && !key.table().equals(table.id())
              && !leftOut.contains(key.table())
              && !isCodes(target)
              && !roles.isFile(key.table());
      int belongs = fits ? belongs(table, key) : 0;
      if (belongs > most) {
        most = belongs;
        best = new Owner(key.table(), key);
      }
    }
    return best == null || isIndependent(table, best) ? Optional.empty() : Optional.of(best);
  }

  /** How clearly a row belongs to the one that it names; 0: it does not. */
  private int belongs(Table table, ForeignKey key) {
    boolean link = roles.isLink(table);
    boolean held = table.key().containsAll(key.columns());
    boolean first =
        held
            ? table.key().getFirst().equals(key.columns().getFirst())
            : link && TableTraits.isFirst(table, key);
    boolean begins = names.beginsTwice(table.id(), key.table());
    boolean named =
        names.begins(table.id(), key.table()) || roles.sharesName(table.id(), key.table());
    boolean required = Hubs.isRequired(table, key);
    boolean line = Vocabulary.LINES.contains(TableTraits.last(names.stems(table.id()), 1));
    boolean end = Vocabulary.PARTS.contains(TableTraits.last(names.stems(table.id()), 1));
    boolean mere = begins && isNamedByNone(table) && !Columns.isNamed(table);
    boolean alone = names.stems(table.id()).size() == 1;
    boolean head =
        roles.isDocument(key.table())
            && (roles.isLine(table)
                || (line && (alone || required || TableRoles.hasNoName(table))));
    boolean only = alone && end && required && isOnly(table, key);
    boolean twice =
        table.foreignKeys().stream().filter(other -> other.table().equals(key.table())).count() > 1;
    boolean made =
        twice && required && roles.isArticle(key.table()) && TableTraits.hasQuantity(table);
    if (twice && !held && !made && !(required && names.begins(table.id(), key.table()))) {
      return 0; // a transfer's two places, not its owner
    }
    if ((!link && isCodes(table) && !mere)
        || (isHub(key.table()) && !named && !begins && !(first && isClassed(table, key)))) {
      return 0;
    }
    if (!(held
        || key.cascades()
        || mere
        || head
        || only
        || made
        || (link && (required || !key.declared())) // a link names both, whatever may be missing
        || ((line || end || required || isNamedByNone(table)) && named))) {
      return 0;
    }
    return (held ? 4 : 0)
        + (first ? 1 : 0)
        + (key.cascades() ? 5 : 0)
        + (named || begins ? 4 + names.core(key.table()).size() : 0)
        + (required ? 1 : 0)
        + (head ? 2 : 0)
        - (link && roles.isClassifier(key.table()) ? 6 : 0);
  }

  /**
   * Why it is left out with another table: one that is left out owns its rows by name; empty: none
   * does.
   */
  Optional<TableId> ownedByLeftOut(Table table) {
    return table.foreignKeys().stream()
        .filter(key -> leftOut.contains(key.table()) && tables.containsKey(key.table()))
        .filter(key ->
            names.begins(table.id(), key.table()) || roles.sharesName(table.id(), key.table()))
        .filter(key -> !isIndependent(table, new Owner(key.table(), key)))
        .map(ForeignKey::table)
        .findFirst();
  }

  /** Whether it is the only other object that a row has to name. */
  private boolean isOnly(Table table, ForeignKey key) {
    return table.foreignKeys().stream()
        .filter(other -> Hubs.isRequired(table, other) && isObject(other.table()))
        .map(ForeignKey::table)
        .distinct()
        .toList()
        .equals(List.of(key.table()));
  }

  /** Whether its key is another's and that of a list: what sort of thing somebody has. */
  private boolean isClassed(Table table, ForeignKey owner) {
    return TableTraits.isLink(table)
        && table.key().containsAll(owner.columns())
        && table.foreignKeys().stream()
            .filter(key -> !key.equals(owner))
            .map(key -> tables.get(key.table()))
            .allMatch(other -> other != null && isCodes(other));
  }

  /** Whether a row can name no other object. */
  private boolean isSole(Table table, ForeignKey key) {
    return table.foreignKeys().stream()
        .map(ForeignKey::table)
        .filter(this::isObject)
        .allMatch(key.table()::equals);
  }

  /** Whether nobody could call its rows anything: an owner's places, without any figures. */
  boolean isNameless(Table table) {
    return !TableTraits.isTelling(names.stems(table.id()))
        && !Columns.isNamed(table)
        && !TableTraits.hasPrice(table)
        && !TableTraits.hasAmount(table)
        && ((TableRoles.hasNoName(table)
                && Vocabulary.LINES.contains(TableTraits.last(names.stems(table.id()), 1)))
            || table.foreignKeys().stream().anyMatch(key -> isSole(table, key)));
  }

  /** Whether a row has to name two others. */
  private boolean joinsObjects(Table table) {
    return table.foreignKeys().stream()
            .filter(key -> Hubs.isRequired(table, key) && !leftOut.contains(key.table()))
            .map(ForeignKey::table)
            .filter(id -> !id.equals(table.id()) && tables.containsKey(id))
            .distinct()
            .count()
        > 1;
  }

  /** Whether all rows belong to one of its. */
  boolean isTenant(TableId table) {
    return hubs.isTenant(table) && !roles.isArticle(table);
  }

  /** An article that most tables name is no company. */
  private boolean isHub(TableId table) {
    return hubs.isHub(table) && !roles.isArticle(table);
  }

  private boolean isObject(TableId table) {
    Table target = tables.get(table);
    return target != null && !leftOut.contains(table) && !isTenant(table) && !isCodes(target);
  }

  /**
   * What rows belong to that are no object of their own: the only one that they have to name, or
   * the document among several.
   *
   * @param objects what may own them
   */
  Optional<Owner> ofLeftover(Table table, Set<TableId> objects) {
    List<ForeignKey> keys =
        table.foreignKeys().stream()
            .filter(key ->
                objects.contains(key.table()) && isObject(key.table()) && !isHub(key.table()))
            .filter(key ->
                Hubs.isRequired(table, key)
                    || roles.isDocument(key.table())
                    || roles.isArticle(key.table()))
            .filter(key -> !key.table().equals(table.id()))
            .filter(key -> !roles.isLast(key.table(), Vocabulary.PEOPLE))
            .toList();
    return keys.stream()
        .filter(key ->
            isOnly(table, key)
                ? keys.size() == 1
                : roles.isDocument(key.table()) || roles.isArticle(key.table()))
        .findFirst()
        .map(key -> new Owner(key.table(), key));
  }

  /** Whether all that it names is left out, or named by most: a program's matter. */
  boolean namesNothing(Table table) {
    return table.foreignKeys().size() > 1
        && table.foreignKeys().stream()
            .noneMatch(key -> !key.table().equals(table.id()) && isObject(key.table()));
  }

  private boolean isNamedByNone(Table table) {
    return incoming.getOrDefault(table.id(), Set.of()).stream()
        .allMatch(other -> names.begins(other, table.id()));
  }

  /** Whether it is a business object of its own, though it would go with another. */
  private boolean isIndependent(Table table, Owner owner) {
    List<String> stems = names.stems(table.id());
    String last = TableTraits.last(stems, 1);
    if (roles.isLink(table) && isNamedByNone(table)) {
      return false;
    }
    if (roles.isLine(table) && roles.isDocument(owner.table())) {
      return false;
    }
    boolean begins = names.begins(table.id(), owner.table());
    if (names.beginsTwice(table.id(), owner.table())
        && (isNamedByNone(table) || (owner.key().cascades() && Hubs.isRequired(table, owner.key())))
        && !Columns.isNamed(table)
        && !Vocabulary.DOCUMENTS.contains(
            TableTraits.last(names.rest(table.id(), owner.table()), 1))) {
      return false;
    }
    if (begins
        && owner.key().cascades()
        && Vocabulary.LINES.contains(TableTraits.last(names.stems(owner.table()), 1))) {
      return false;
    }
    boolean own =
        TableTraits.isTelling(stems)
            && !TableTraits.isFile(stems)
            && TableTraits.cascades(table) < 2;
    boolean identified =
        table.key().size() > owner.key().columns().size()
            && table.key().containsAll(owner.key().columns());
    boolean between =
        owner.key().cascades()
            && Hubs.isRequired(table, owner.key())
            && isNamedByNone(table)
            && table.foreignKeys().stream()
                .map(ForeignKey::table)
                .anyMatch(other -> !other.equals(owner.table()) && names.begins(table.id(), other));
    if (own && !(identified && begins) && !between) {
      return true;
    }
    if (table.key().equals(owner.key().columns()) && table.foreignKeys().size() > 2) {
      return true; // a kind of the other, with relations of its own
    }
    Set<TableId> others = new HashSet<>(incoming.getOrDefault(table.id(), Set.of()));
    others.remove(owner.table());
    if (joinsObjects(table) && !others.isEmpty() && !Vocabulary.PARTS.contains(last)) {
      return true; // who is what to whom, and does things as such
    }
    others.removeIf(other -> names.begins(other, table.id()) || names.begins(other, owner.table()));
    return others.size() >= 2 && !Vocabulary.PARTS.contains(last);
  }

  /** A tree, as of categories, is no list of codes. */
  boolean isCodes(Table table) {
    if (table.foreignKeys().stream().anyMatch(key -> key.table().equals(table.id()))
        || hubs.isOfOne(table)
        || PersonalData.many(table) > 0) {
      return false;
    }
    List<String> stems = names.stems(table.id());
    if (Vocabulary.business(TableTraits.last(stems, 2)) && stems.size() > 1) {
      return false;
    }
    if (stems.size() > 1
        && stems.getLast().equals("category")
        && !Vocabulary.ARTICLES.contains(stems.get(stems.size() - 2))) {
      return true;
    }
    return Vocabulary.CODES.contains(TableTraits.last(names.stems(table.id()), 1))
        || Vocabulary.CODES.contains(TableTraits.last(names.stems(table.id()), 2));
  }
}
