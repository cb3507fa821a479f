package io.rowhook.admin.check;

import io.rowhook.capture.StructureChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What findings about the ERP's next version say of a recipient, in words and as data. Pure. */
final class UpgradeWords {

  private static final int MOST_KEYS = 12;

  private UpgradeWords() {}

  static String difference(StructureChange change) {
    boolean renamed = change.kind() == StructureChange.Kind.GONE && !change.to().isEmpty();
    return renamed ? "renamed to " + change.to() : change.kind().name().toLowerCase(Locale.ROOT);
  }

  static String loses(TableRole role, OutputUses one, Set<String> keys, String verb) {
    return "Webhooks of %s to %s %s %s"
        .formatted(role.entity().name(), one.recipient().name(), verb, list(keys));
  }

  static Map<String, String> about(
      TableRole role,
      OutputUses one,
      Set<String> keys,
      List<String> path,
      String table,
      String column,
      String difference) {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("recipient", one.recipient().name());
    about.put("entity", role.entity().name());
    about.put("keys", String.join(", ", keys));
    about.put("template", one.template());
    about.put("table", table);
    about.put("difference", difference);
    if (!column.isEmpty()) {
      about.put("attribute", UpgradeAdvice.dotted(role, column));
      about.put("column", column);
    } else if (!path.isEmpty()) {
      about.put("attribute", "data." + String.join(".", path).replace(".[]", "[]"));
    }
    return about;
  }

  static String list(Set<String> keys) {
    List<String> shown = keys.stream().limit(MOST_KEYS).toList();
    int more = keys.size() - shown.size();
    return String.join(", ", shown) + (more > 0 ? " and %d more".formatted(more) : "");
  }
}
