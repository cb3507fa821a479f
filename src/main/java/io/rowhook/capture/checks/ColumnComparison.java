package io.rowhook.capture.checks;

import io.rowhook.base.DidYouMean;
import io.rowhook.capture.StructureChange;
import io.rowhook.capture.StructureChange.Kind;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableStructure;
import io.rowhook.capture.catalog.TableStructure.Column;
import io.rowhook.capture.decode.PostgresType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Holds the columns of a table against those of the same table elsewhere, by what is sent of them:
 * a wider integer is nothing, one that becomes a text is. One use.
 */
public final class ColumnComparison {

  /** Those whose modifier is a number of digits after the full stop. */
  private static final Set<String> TIMES = Set.of("time", "timetz", "timestamp", "timestamptz");

  private static final Set<String> LIMITED = Set.of("varchar", "bpchar");

  /** What a length or precision is kept with: {@code VARHDRSZ}. */
  private static final int HEADER = 4;

  private final Map<Integer, PostgresType> typesHere;
  private final Map<Integer, PostgresType> typesThere;

  /**
   * @param typesHere how types are read, by OID
   * @param typesThere the same elsewhere
   */
  public ColumnComparison(
      Map<Integer, PostgresType> typesHere, Map<Integer, PostgresType> typesThere) {
    this.typesHere = typesHere;
    this.typesThere = typesThere;
  }

  /** What is different in those that are here; what is only there is nothing. */
  public List<StructureChange> compare(TableId table, TableStructure here, TableStructure there) {
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
                one.type(),
                other.type()));
      } else {
        compare(table, one, other, changes);
      }
    }
    return changes;
  }

  private void compare(TableId table, Column one, Column other, List<StructureChange> changes) {
    String form = type(typesHere, one).sentAs();
    String formThere = type(typesThere, other).sentAs();
    Optional<String> differs =
        form.equals(formThere) ? differs(one, other) : Optional.of(form + " becomes " + formThere);
    differs.ifPresent(how ->
        changes.add(
            change(
                Kind.TYPE,
                table,
                one,
                "is %s instead of %s there: %s".formatted(other.type(), one.type(), how),
                one.type(),
                other.type())));
    List<String> lost =
        one.labels().stream().filter(label -> !other.labels().contains(label)).toList();
    if (!lost.isEmpty() && !other.labels().isEmpty()) {
      List<String> more =
          other.labels().stream().filter(label -> !one.labels().contains(label)).toList();
      changes.add(
          change(
              Kind.VALUES,
              table,
              one,
              "cannot be %s any more there%s"
                  .formatted(
                      String.join(", ", lost),
                      more.isEmpty() ? "" : "; its new values are " + String.join(", ", more)),
              String.join(", ", lost),
              String.join(", ", more)));
    }
    if (one.notNull() && !other.notNull()) {
      changes.add(change(Kind.NULLABLE, table, one, "can be null there", "NOT NULL", "NULL"));
    }
  }

  /** In the values of two types that are sent alike. */
  private static Optional<String> differs(Column one, Column other) {
    String base = one.baseName();
    String baseThere = other.baseName();
    if (base.equals("bpchar") != baseThere.equals("bpchar")) {
      return Optional.of(
          base.equals("bpchar")
              ? "values are no longer filled up with blanks"
              : "values are filled up with blanks");
    }
    if (base.equals("float4") != baseThere.equals("float4") && base.startsWith("float")) {
      return Optional.of("the same number has other digits");
    }
    if (base.equals("numeric") && isLess(scale(one), scale(other))) {
      return Optional.of("digits after the full stop are cut off");
    }
    if (TIMES.contains(base) && isLess(one.modifier(), other.modifier())) {
      return Optional.of("fractions of seconds are cut off");
    }
    if (LIMITED.contains(baseThere)
        && isLess(LIMITED.contains(base) ? one.modifier() : -1, other.modifier())) {
      return Optional.of(
          "there is no longer one of more than %d characters".formatted(other.modifier() - HEADER));
    }
    return Optional.empty();
  }

  /** Below 0: as many as there are. */
  private static int scale(Column column) {
    return column.modifier() < 0 ? -1 : ((((column.modifier() - HEADER) & 0x7ff) ^ 1024) - 1024);
  }

  private static boolean isLess(int here, int there) {
    return there >= 0 && (here < 0 || there < here);
  }

  private static PostgresType type(Map<Integer, PostgresType> types, Column column) {
    return Objects.requireNonNull(types.get((int) column.base()), "its type is in the catalog");
  }

  private StructureChange gone(
      TableId table, Column one, TableStructure here, TableStructure there) {
    List<Column> fresh =
        there.columns().values().stream()
            .filter(column -> !here.columns().containsKey(column.name()) && !column.generated())
            .toList();
    List<Column> alike =
        fresh.stream()
            .filter(
                column -> type(typesThere, column).sentAs().equals(type(typesHere, one).sentAs()))
            .toList();
    Optional<String> now =
        alike.stream()
            .filter(column -> column.number() == one.number())
            .map(Column::name)
            .findFirst()
            .or(() -> DidYouMean.to(one.name(), alike.stream().map(Column::name).toList()))
            .or(() ->
                alike.size() == 1 && alike.getFirst().type().equals(one.type())
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
    return new StructureChange(kind, table, column.name(), what, from, to, "");
  }
}
