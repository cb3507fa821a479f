package io.rowhook.admin.alerts;

import io.rowhook.admin.health.Part.State;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.entity.EventType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has changed of captured tables: columns, keys, what is logged of old rows; and which
 * cannot be told any more. A table that settings add or take out has not changed. One thread.
 */
final class SchemaWatch {

  private final CaptureSupervisor supervisor;
  private @Nullable List<TableMetadata> before;
  private Map<TableId, SuspendedTable> suspendedBefore = Map.of();

  SchemaWatch(CaptureSupervisor supervisor) {
    this.supervisor = supervisor;
  }

  /** Looks at what capture knows by now. */
  List<Alert> look(Instant now) {
    List<Alert> due = new ArrayList<>();
    List<TableMetadata> tables = supervisor.tables();
    List<TableMetadata> known = before;
    if (known != null && !tables.equals(known)) {
      Map<TableId, TableMetadata> earlier = new LinkedHashMap<>();
      known.forEach(table -> earlier.put(table.table(), table));
      for (TableMetadata table : tables) {
        TableMetadata was = earlier.get(table.table());
        String what = was == null ? "" : difference(was, table);
        if (!what.isEmpty()) {
          due.add(alert(table.table(), State.ok, what, now));
        }
      }
    }
    if (!tables.isEmpty()) {
      before = tables; // none are known before the source was looked at
    }
    Map<TableId, SuspendedTable> suspended = new LinkedHashMap<>();
    supervisor.suspended().forEach(one -> suspended.put(one.table(), one));
    for (SuspendedTable one : suspended.values()) {
      if (!suspendedBefore.containsKey(one.table())) {
        due.add(
            alert(
                one.table(),
                State.degraded,
                "it is suspended, and %s: %s".formatted(one.effect(), one.reason()),
                one.since()));
      }
    }
    suspendedBefore = suspended;
    return due;
  }

  /** In words; empty: nothing that matters. */
  static String difference(TableMetadata before, TableMetadata now) {
    List<String> all = new ArrayList<>();
    Map<String, Column> earlier = new LinkedHashMap<>();
    before.allColumns().forEach(column -> earlier.put(column.name(), column));
    for (Column column : now.allColumns()) {
      Column was = earlier.remove(column.name());
      if (was == null) {
        all.add("column " + column.name() + " was added");
      } else if (!was.equals(column)) {
        all.add("column " + column.name() + " has another type, or may be null or not");
      }
    }
    earlier.keySet().forEach(name -> all.add("column " + name + " is gone"));
    if (!Objects.equals(before.primaryKey(), now.primaryKey())) {
      all.add("its key is %s, and was %s".formatted(now.primaryKey(), before.primaryKey()));
    }
    if (before.identity() != now.identity()) {
      all.add(
          "its replica identity is %s, and was %s".formatted(now.identity(), before.identity()));
    }
    return String.join("; ", all);
  }

  private static Alert alert(TableId table, State state, String what, Instant since) {
    return new Alert(
        EventType.SchemaChanged, "table", table.toString(), state, State.ok, what, since, null);
  }
}
