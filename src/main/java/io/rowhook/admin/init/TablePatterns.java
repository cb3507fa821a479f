package io.rowhook.admin.init;

import io.rowhook.base.DidYouMean;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tables as a command line names them: {@code schema.table} or {@code table}, in which {@code *}
 * stands for anything. Immutable.
 */
public record TablePatterns(List<String> patterns) {

  public TablePatterns {
    patterns = List.copyOf(patterns);
  }

  public boolean match(TableId table) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, table));
  }

  private static boolean matches(String pattern, TableId table) {
    String whole = pattern.contains(".") ? pattern : "*." + pattern;
    String regex = Pattern.quote(whole).replace("*", "\\E.*\\Q");
    return table.toString().matches(regex);
  }

  /**
   * The tables that are like one of them.
   *
   * @throws IllegalStateException if there is none that is like one of them; the message is for the
   *     user
   */
  public Set<TableId> of(SourceCatalog catalog) {
    List<TableId> all = catalog.tables().stream().map(Table::id).toList();
    for (String pattern : patterns) {
      if (all.stream().noneMatch(table -> matches(pattern, table))) {
        throw new IllegalStateException(
            "--include '%s': no table of this database is like it. %s"
                .formatted(
                    pattern,
                    DidYouMean.advice(
                        pattern, all.stream().map(TableId::toString).toList(), "There are")));
      }
    }
    return all.stream().filter(this::match).collect(Collectors.toSet());
  }
}
