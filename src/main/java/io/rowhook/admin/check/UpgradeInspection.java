package io.rowhook.admin.check;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.SourceComparison;
import io.rowhook.capture.StructureChange;
import io.rowhook.capture.TableProblem;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says of what is different in the ERP's next version which recipient loses which key by it. What
 * nobody uses is no finding. One use.
 */
final class UpgradeInspection {

  private static final String LOGIN =
      "This is the login of --against: write its password into the URI, or a line for it into"
          + " ~/.pgpass. $PGPASSWORD counts only without these, as the settings of the source may"
          + " name it too";

  /** What is not seen of a value, but of what it is compared for. */
  private static final Set<StructureChange.Kind> COMPARED =
      Set.of(StructureChange.Kind.ORDER, StructureChange.Kind.EQUALITY);

  private final SourceComparison comparison;
  private final String other;
  private final List<TableRole> roles = new ArrayList<>();
  private final Map<String, List<OutputUses>> uses = new LinkedHashMap<>(); // by entity
  private final Set<Finding> found = new LinkedHashSet<>();

  /**
   * @param other where the other database is, as failures say it
   */
  UpgradeInspection(
      SourceComparison comparison,
      String other,
      List<EntityType> entities,
      List<Recipient> recipients,
      TemplateRegistry.Loaded sets) {
    this.comparison = comparison;
    this.other = other;
    entities.forEach(entity -> roles.addAll(TableRole.of(entity)));
    for (Recipient recipient : recipients) {
      for (int i = 0; i < recipient.subscriptions().size(); i++) {
        try {
          OutputUses its = OutputUses.of(recipient, i, sets);
          uses.computeIfAbsent(its.subscription().entity(), _ -> new ArrayList<>()).add(its);
        } catch (TemplateException e) {
          found.add(
              Finding.of(
                  Severity.error,
                  Area.templates,
                  "recipients/%s.yaml: subscriptions[%d]: %s"
                      .formatted(recipient.name(), i, e.getMessage()),
                  "What it loses by the upgrade is not known"));
        }
      }
    }
  }

  /** What there is to be said. */
  List<Finding> findings() {
    for (String failure : comparison.failures()) {
      Finding words =
          Finding.of(
              Severity.error,
              Area.source,
              failure,
              "Nothing can be compared, so what the upgrade does is not known");
      boolean login = words.mend().isEmpty() && failure.startsWith(other + ": database.user");
      found.add(
          login
              ? new Finding(words.severity(), words.area(), words.what(), words.means(), LOGIN)
              : words);
    }
    for (TableProblem problem : comparison.problems()) {
      problem(problem);
    }
    for (StructureChange change : comparison.changes()) {
      for (TableRole role : roles) {
        if (role.table().equals(change.table())) {
          change(change, role);
        }
      }
    }
    return List.copyOf(found);
  }

  /** What keeps a table from being captured or looked up in at all. */
  private void problem(TableProblem problem) {
    Finding words = Finding.of(Severity.error, Area.tables, problem.text(), "");
    boolean placed = roles.stream().anyMatch(role -> isPlaced(problem, role));
    for (TableRole role : roles) {
      boolean its = isPlaced(problem, role);
      if (its || (!placed && role.table().equals(problem.table()))) {
        for (OutputUses one : uses.getOrDefault(role.entity().name(), List.of())) {
          List<String> path = role.relation();
          Set<String> keys = path.isEmpty() ? one.allKeys() : one.keysOfData(path);
          if (problem.suspends() || !keys.isEmpty()) {
            found.add(
                new Finding(
                    Severity.error,
                    Area.tables,
                    words.what(),
                    means(problem, role, one, keys),
                    words.mend().isEmpty()
                        ? "Write entities.yaml for the next version, and put it in force with the upgrade"
                        : words.mend(),
                    UpgradeWords.about(
                        role, one, keys, path, problem.table().toString(), "", "unusable")));
          }
        }
      }
    }
  }

  private static String means(
      TableProblem problem, TableRole role, OutputUses one, Set<String> keys) {
    String entity = role.entity().name();
    String recipient = one.recipient().name();
    if (role.path().isEmpty()) {
      return "No webhook of %s is sent to %s any more: it loses %s"
          .formatted(entity, recipient, UpgradeWords.list(keys));
    }
    String changes = "Changes there make no webhook of %s to %s".formatted(entity, recipient);
    if (keys.isEmpty()) {
      return changes;
    }
    return UpgradeWords.loses(role, one, keys, "lose") + (problem.suspends() ? ". " + changes : "");
  }

  /** By the longest of the places that it can be of. */
  private boolean isPlaced(TableProblem problem, TableRole role) {
    return isIn(problem, role)
        && roles.stream()
            .noneMatch(
                other -> other.place().length() > role.place().length() && isIn(problem, other));
  }

  private static boolean isIn(TableProblem problem, TableRole role) {
    return (problem.place() + ".").startsWith(role.place() + ".");
  }

  private void change(StructureChange change, TableRole role) {
    for (OutputUses one : uses.getOrDefault(role.entity().name(), List.of())) {
      switch (change.kind()) {
        case GONE, GENERATED, TYPE, ORDER, EQUALITY, NULLABLE, VALUES -> column(change, role, one);
        case KEY -> key(change, role, one);
        case UNREADABLE -> unreadable(change, role, one);
        case IDENTITY -> {
          if (!role.isReference()) {
            Set<String> keys = one.keysOf(List.of("previous"));
            keys.addAll(one.keysOf(List.of("changed")));
            table(change, role, one, List.of(), keys);
          }
        }
        case PUBLICATION -> {
          if (!role.isReference()) {
            boolean own = role.path().isEmpty();
            table(
                change,
                role,
                one,
                role.relation(),
                own ? one.allKeys() : one.keysOfData(role.relation()));
          }
        }
        case RIGHTS -> {
          Set<String> keys = new LinkedHashSet<>();
          if (!role.path().isEmpty()) {
            keys.addAll(one.keysOfData(role.relation()));
          }
          role.relations().forEach(relation -> keys.addAll(one.keysOfData(relation)));
          table(change, role, one, role.relation(), keys);
        }
      }
    }
  }

  private void column(StructureChange change, TableRole role, OutputUses one) {
    String column = change.column();
    List<String> path = role.pathTo(column);
    List<String> primaryKey = comparison.keys().getOrDefault(role.table(), List.of());
    Set<String> keys = new LinkedHashSet<>();
    if (!COMPARED.contains(change.kind())) {
      if (role.shows(column)) {
        keys.addAll(one.keysOfData(path));
      }
      if (role.isId(column, primaryKey)) {
        keys.addAll(one.keysOf(List.of("entityId")));
      }
    }
    boolean seen = !keys.isEmpty();
    if (COMPARED.contains(change.kind()) || change.kind() == StructureChange.Kind.TYPE) {
      boolean order = change.kind() == StructureChange.Kind.ORDER;
      for (TableRole.Comparison its : role.comparisons()) {
        if (its.names(column, primaryKey) && (its.ordered() || !order)) {
          keys.addAll(its.path().isEmpty() ? one.allKeys() : one.keysOfData(its.path()));
        }
      }
    }
    if (change.kind() == StructureChange.Kind.VALUES && role.path().isEmpty()) {
      Set<String> wanted = one.subscription().becomes().getOrDefault(column, Set.of());
      if (change.gone().stream().noneMatch(wanted::contains)) {
        keys.removeIf(key -> key.endsWith("].becomes"));
      }
    }
    if (keys.isEmpty()) {
      return;
    }
    boolean lost =
        change.kind() == StructureChange.Kind.GONE
            || change.kind() == StructureChange.Kind.GENERATED;
    boolean only = change.kind() == StructureChange.Kind.NULLABLE;
    String means =
        UpgradeWords.loses(
            role, one, keys, lost ? "lose" : only ? "can have null in" : "have other values in");
    found.add(
        new Finding(
            only ? Severity.warning : Severity.error,
            Area.recipients,
            "%s.%s %s".formatted(role.table(), column, change.what()),
            means,
            seen ? UpgradeAdvice.of(change, role, one) : UpgradeAdvice.compared(role, column),
            UpgradeWords.about(
                role,
                one,
                keys,
                path,
                role.table().toString(),
                column,
                UpgradeWords.difference(change))));
  }

  /** In its own row's changes it is told, as the log has it; not where rows are looked up. */
  private void unreadable(StructureChange change, TableRole role, OutputUses one) {
    List<String> path = role.pathTo(change.column());
    Set<String> keys =
        role.isLookedUp() && role.shows(change.column()) ? one.keysOfData(path) : Set.of();
    if (keys.isEmpty()) {
      return;
    }
    String column = change.column();
    found.add(
        new Finding(
            Severity.warning,
            Area.recipients,
            "%s.%s %s".formatted(role.table(), column, change.what()),
            UpgradeWords.loses(role, one, keys, "lack")
                + " where rows of %s are looked up, and name it in unavailable"
                    .formatted(role.table()),
            "After the upgrade, run %s Or, if nobody is to get it, exclude %s in entities.yaml: attributes of %s"
                .formatted(change.mend(), column, role.place().replace("entities.yaml: ", "")),
            UpgradeWords.about(
                role,
                one,
                keys,
                path,
                role.table().toString(),
                column,
                UpgradeWords.difference(change))));
  }

  private void key(StructureChange change, TableRole role, OutputUses one) {
    boolean own = role.path().isEmpty();
    Set<String> keys = new LinkedHashSet<>();
    if (own && role.id().isEmpty()) {
      keys.addAll(one.keysOf(List.of("entityId")));
    }
    role.comparisons().stream()
        .filter(its -> its.columns().isEmpty())
        .forEach(its -> keys.addAll(one.keysOfData(its.path())));
    table(change, role, one, role.relation(), keys);
  }

  private void table(
      StructureChange change, TableRole role, OutputUses one, List<String> path, Set<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    boolean changed = change.kind() == StructureChange.Kind.KEY;
    String mend =
        !change.mend().isEmpty()
            ? "After the upgrade, run " + change.mend()
            : "Name the columns (%s) as id of %s in entities.yaml, or as to of what refers to it, and keep them unique"
                .formatted(change.from(), role.entity().name());
    found.add(
        new Finding(
            Severity.error,
            Area.recipients,
            "%s %s".formatted(role.table(), change.what()),
            UpgradeWords.loses(role, one, keys, changed ? "have other values in" : "lose"),
            mend,
            UpgradeWords.about(
                role,
                one,
                keys,
                path,
                role.table().toString(),
                "",
                UpgradeWords.difference(change))));
  }
}
