package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.List;
import java.util.Set;

/** What a table is to others: a document, a line of one, an article, a link. Pure. */
final class TableRoles {

  private final TableNames names;

  TableRoles(TableNames names) {
    this.names = names;
  }

  /**
   * Whether it only links two others: by its key, by its columns, or by its name, which is theirs.
   */
  boolean isLink(Table table) {
    if (TableTraits.isLink(table)) {
      return true;
    }
    List<String> stems = names.stems(table.id());
    List<TableId> others = table.foreignKeys().stream().map(ForeignKey::table).distinct().toList();
    return others.stream()
        .filter(first -> !first.equals(table.id()) && names.begins(table.id(), first))
        .map(first -> stems.subList(names.core(first).size(), stems.size()))
        .anyMatch(rest -> others.stream().anyMatch(second -> names.core(second).equals(rest)));
  }

  /** Whether a person could not tell its rows apart, not even by a description. */
  static boolean hasNoName(Table table) {
    return Columns.telling(table).isEmpty();
  }

  /**
   * Whether its columns are those of a line, whatever it is called: how many of which article at
   * what price, or how much on which account.
   */
  boolean isLine(Table table) {
    boolean telling = TableTraits.isTelling(names.stems(table.id()));
    boolean priced = TableTraits.hasQuantity(table) && TableTraits.hasPrice(table);
    return (priced && names(table, Vocabulary.ARTICLES))
        || isArticleOfDocument(table)
        || (!telling
            && hasNoName(table)
            && TableTraits.hasAmount(table)
            && names(table, Vocabulary.ACCOUNTS));
  }

  /** {@code order_articles} with a key of {@code orders} and a quantity. */
  private boolean isArticleOfDocument(Table table) {
    return isArticle(table.id())
        && TableTraits.hasQuantity(table)
        && table.foreignKeys().stream()
            .map(ForeignKey::table)
            .anyMatch(other -> isDocument(other) && names.begins(table.id(), other));
  }

  private boolean names(Table table, Set<String> words) {
    return table.foreignKeys().stream().anyMatch(key -> isLast(key.table(), words));
  }

  boolean isDocument(TableId table) {
    return isLast(table, Vocabulary.DOCUMENTS);
  }

  boolean isFile(TableId table) {
    return names.stems(table).stream()
        .anyMatch(Set.of("file", "attachment", "image", "upload")::contains);
  }

  boolean isLast(TableId table, Set<String> words) {
    return words.contains(TableTraits.last(names.core(table), 1));
  }

  boolean isClassifier(TableId table) {
    return Vocabulary.CLASSIFIERS.contains(TableTraits.last(names.stems(table), 1));
  }

  boolean isArticle(TableId table) {
    return isLast(table, Vocabulary.ARTICLES);
  }

  /**
   * {@code order_line} and {@code sales_order}: the words before a part's last one end the other.
   */
  boolean sharesName(TableId part, TableId owner) {
    List<String> stems = names.stems(part);
    List<String> owners = names.core(owner);
    return stems.size() > 1
        && Vocabulary.PARTS.contains(stems.getLast())
        && !owners.isEmpty()
        && stems.get(stems.size() - 2).equals(owners.getLast());
  }
}
