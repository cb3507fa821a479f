package io.rowhook.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.AuditLog.Query;
import io.rowhook.journal.sqlite.TimeColumns;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has done what stays known, for long and not for ever. */
class AuditLogTest {

  @TempDir Path directory;
  private SqliteJournal journal;
  private AuditLog audit;

  @BeforeEach
  void open() {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    audit = journal.audit();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private List<String> details(Query query) {
    return audit.find(query).stream().map(AuditEntry::detail).toList();
  }

  @Test
  void theNewestFirstPageByPage() throws InterruptedException {
    Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);
    audit.record("command erp", Action.RECIPIENT_PAUSED, "shop", "moving\nhouse");
    audit.record("rowhook", Action.SERVICE_STARTED, "", "x".repeat(5_000));
    audit.record("file", Action.SETTINGS_CHANGED, "shop", "recipient shop: url changed");
    AuditEntry newest = audit.find(Query.newest(1)).getFirst();
    assertThat(newest.actor()).isEqualTo("file");
    assertThat(newest.action().text()).isEqualTo("settings.changed");
    assertThat(newest.subject()).isEqualTo("shop");
    assertThat(newest.at()).isBetween(before, Instant.now());
    assertThat(details(new Query(null, null, null, null, newest.number(), 5)))
        .satisfiesExactly(
            cut -> assertThat(cut).hasSize(AuditLog.MAX_LENGTH).endsWith("x..."),
            line -> assertThat(line).isEqualTo("moving house"));
    assertThat(details(new Query(null, "shop", null, null, null, 5)))
        .containsExactly("recipient shop: url changed", "moving house");
    assertThat(details(new Query(Action.RECIPIENT_PAUSED, null, null, null, null, 5)))
        .containsExactly("moving house");
    assertThat(details(new Query(null, null, newest.at(), null, null, 5))).hasSize(1);
    assertThat(details(new Query(null, null, null, newest.at(), null, 5))).hasSize(2);
    for (Action action : Action.values()) {
      assertThat(Action.of(action.text())).isEqualTo(action);
    }
    assertThat(Action.KILL_SWITCH_SET.text()).isEqualTo("kill-switch.set");
  }

  @Test
  void whatIsOldOrTooMuchGoes() throws InterruptedException {
    Instant now = Instant.now();
    for (int i = 1; i <= 5; i++) {
      audit.record("file", Action.SETTINGS_CHANGED, "", "" + i);
    }
    long old = TimeColumns.micros(now.minus(AuditLog.KEPT).minusSeconds(1));
    journal.write(sql -> sql.update("UPDATE audit SET at = ? WHERE detail <= '2'", old));
    assertThat(audit.sweep(now, 1)).isEqualTo(1);
    assertThat(audit.sweep(now, 100)).isEqualTo(1);
    assertThat(audit.sweep(now, 100)).isZero();
    journal.write(sql ->
        sql.update(
            "INSERT INTO audit (n, at, actor, action, subject, detail)"
                + " WITH RECURSIVE more(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM more WHERE i < ?)"
                + " SELECT a.n + i, at, actor, action, subject, 'last' FROM audit a, more"
                + " WHERE a.detail = '5'",
            AuditLog.MOST - 1));
    assertThat(audit.sweep(now, 100)).isEqualTo(2);
    assertThat(details(Query.newest(AuditLog.MOST)))
        .hasSize(AuditLog.MOST)
        .startsWith("last")
        .endsWith("5");
  }

  /** A gap is accepted in the commit that lets capture go on. */
  @Test
  void anAcceptedGapIsNoted() {
    journal.acceptedGap("changes from 0/10 to 0/20", Map.of("accepted-gap", "now x"));
    assertThat(journal.note("accepted-gap")).contains("now x");
    assertThat(audit.find(Query.newest(1)))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.action()).isEqualTo(Action.GAP_ACCEPTED);
          assertThat(entry.detail()).isEqualTo("changes from 0/10 to 0/20");
        });
  }
}
