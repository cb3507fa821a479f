package io.rowhook.capture.checks;

import io.rowhook.base.DidYouMean;
import io.rowhook.capture.StructureChange;
import io.rowhook.capture.StructureChange.Kind;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableStructure;
import io.rowhook.capture.catalog.TableStructure.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Holds the columns of a table against those of the same table elsewhere, by what is sent of them
 * and how they are compared: a wider integer is nothing, one that becomes a text is. Stateless.
 */
public final class ColumnComparison {

  private ColumnComparison() {}

  /** What is different in those that are here; what is only there is nothing. */
  public static List<StructureChange> compare(
      TableId table, TableStructure here, TableStructure there) {
    List<StructureChange> changes = new ArrayList<>();
    for (Column one : here.columns().values()) {
      if (one.generated()) {
        continue; // is in no event
      }
      Column other = there.columns().get(one.name());
      if (other == null) {
        changes.add(gone(table, one, here, there));
      } else if (other.generated()) {
        changes.add(
            change(
                Kind.GENERATED,
                table,
                one,
                "is computed by PostgreSQL there (generated), so it is not in the log",
                one.written(),
                other.written()));
      } else {
        compare(table, one, other, changes);
      }
    }
    return changes;
  }

  private static void compare(
      TableId table, Column one, Column other, List<StructureChange> changes) {
    TypeComparison.difference(one.type(), other.type())
        .ifPresent(how ->
            changes.add(
                change(
                    Kind.TYPE,
                    table,
                    one,
                    one.written().equals(other.written())
                        ? "is another %s there: %s".formatted(one.written(), how)
                        : "is %s instead of %s there: %s"
                            .formatted(other.written(), one.written(), how),
                    one.written(),
                    other.written())));
    collations(table, one, other, changes);
    values(table, one, other, changes);
    if (one.notNull() && !other.notNull()) {
      changes.add(change(Kind.NULLABLE, table, one, "can be null there", "NOT NULL", "NULL"));
    }
  }

  /** Where only one of the two has one, the types differ. */
  private static void collations(
      TableId table, Column one, Column other, List<StructureChange> changes) {
    if (one.collation().isEmpty() || other.collation().isEmpty()) {
      return;
    }
    if (one.bytewise() != other.bytewise()) {
      changes.add(
          change(
              Kind.EQUALITY,
              table,
              one,
              other.bytewise()
                  ? "has a deterministic collation there: texts are equal only as they are written"
                  : "has a collation there that is not deterministic: texts can be equal that are written otherwise",
              one.collation(),
              other.collation()));
    } else if (!locale(one).equals(locale(other))) {
      changes.add(
          change(
              Kind.ORDER,
              table,
              one,
              "has the collation %s instead of %s there: its values have another order"
                  .formatted(other.collation(), one.collation()),
              one.collation(),
              other.collation()));
    }
  }

  /** As servers write it: {@code en_US.UTF-8} is {@code en_US.utf8}. */
  private static String locale(Column column) {
    return column.collation().toLowerCase(Locale.ROOT).replace("-", "");
  }

  private static void values(
      TableId table, Column one, Column other, List<StructureChange> changes) {
    List<String> here = TypeComparison.labels(one.type());
    List<String> there = TypeComparison.labels(other.type());
    List<String> lost = here.stream().filter(label -> !there.contains(label)).toList();
    if (lost.isEmpty() || there.isEmpty()) {
      return;
    }
    List<String> more = there.stream().filter(label -> !here.contains(label)).toList();
    changes.add(
        new StructureChange(
            Kind.VALUES,
            table,
            one.name(),
            "cannot be %s any more there%s"
                .formatted(
                    String.join(", ", lost),
                    more.isEmpty() ? "" : "; its new values are " + String.join(", ", more)),
            "",
            "",
            lost,
            ""));
  }

  private static StructureChange gone(
      TableId table, Column one, TableStructure here, TableStructure there) {
    List<Column> alike =
        there.columns().values().stream()
            .filter(column -> !here.columns().containsKey(column.name()) && !column.generated())
            .filter(column -> column.type().sentAs().equals(one.type().sentAs()))
            .toList();
    Optional<String> now =
        alike.stream()
            .filter(column -> column.number() == one.number())
            .map(Column::name)
            .findFirst()
            .or(() -> DidYouMean.to(one.name(), alike.stream().map(Column::name).toList()))
            .or(() ->
                alike.size() == 1 && alike.getFirst().written().equals(one.written())
                    ? Optional.of(alike.getFirst().name())
                    : Optional.empty());
    return change(
        Kind.GONE,
        table,
        one,
        now.map(name -> "is gone there; it is probably " + name + " now").orElse("is gone there"),
        one.name(),
        now.orElse(""));
  }

  private static StructureChange change(
      Kind kind, TableId table, Column column, String what, String from, String to) {
    return new StructureChange(kind, table, column.name(), what, from, to, List.of(), "");
  }
}
