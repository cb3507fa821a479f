package io.rowhook.admin.check;

import io.rowhook.capture.StructureChange;
import io.rowhook.template.TemplateReads;
import java.util.stream.Collectors;

/** Says what to do about a column that is different in the ERP's next version. Stateless. */
final class UpgradeAdvice {

  private UpgradeAdvice() {}

  /** Of one that is only compared. */
  static String compared(TableRole role, String column) {
    return "Mend the conditions and keys of %s in entities.yaml that name %s.%s"
        .formatted(role.entity().name(), role.table(), column);
  }

  /** Of one that a recipient is sent. */
  static String of(StructureChange change, TableRole role, OutputUses one) {
    String name = one.recipient().name();
    String read = "." + dotted(role, change.column());
    String own =
        one.file().orElse("jslt-templates/%s/%s.jslt".formatted(name, role.entity().name()));
    String place = one.isWritten() ? "in " + own : "in a template of its own, " + own;
    return switch (change.kind()) {
      case GONE ->
          change.to().isEmpty()
              ? "Fill it from another attribute %s, or take it out, and tell %s beforehand"
                  .formatted(place, name)
              : "Read .%s instead of %s %s, when the upgrade is made"
                  .formatted(dotted(role, change.to()), read, place);
      case GENERATED ->
          "Compute it %s from the columns that PostgreSQL computes it from, or tell %s beforehand"
              .formatted(place, name);
      case TYPE -> "Make of %s what it was %s, or tell %s beforehand".formatted(read, place, name);
      case NULLABLE ->
          "Have %s take null, or write fallback(%s, ...) %s".formatted(name, read, place);
      default ->
          "Map the new values of %s to the old ones %s, mend conditions in recipients/%s.yaml that name them, or tell %s beforehand"
              .formatted(read, place, name, name);
    };
  }

  /** The names that lead to a column, as a template writes them. */
  static String dotted(TableRole role, String column) {
    return role.path().stream()
            .map(name -> name.equals(TemplateReads.ELEMENT) ? name : "." + name)
            .collect(Collectors.joining("", "data", "."))
        + column;
  }
}
