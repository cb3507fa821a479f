package io.rowhook.capture.checks;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.Slot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What an administrator should know of a server that lets itself be read: nothing here keeps
 * Rowhook from starting. One use.
 */
public final class SourceAdvice {

  /** Beyond it times in events and in logs do not fit together. */
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(5);

  /** Rowhook answers a sender every few seconds; a pause of a full heap is longer. */
  private static final long SHORTEST_SENDER_MILLIS = 10_000;

  private static final long MUCH_LOG = 10L << 30;

  private final SourceConfig source;
  private final Connection connection;
  private final List<Finding> found;

  public SourceAdvice(SourceConfig source, Connection connection, List<Finding> found) {
    this.source = source;
    this.connection = connection;
    this.found = found;
  }

  /** Adds what it finds. */
  public void check(InstantSource clock) throws SQLException {
    senders();
    if (text("SELECT setting FROM pg_settings WHERE name = 'max_slot_wal_keep_size'")
        .equals("-1")) {
      add(
          Severity.advice,
          "max_slot_wal_keep_size of the server is unlimited",
          "No webhook is lost however long Rowhook is stopped, but the server keeps all its log for"
              + " it meanwhile, which can fill the ERP's disk",
          "Watch the disk, or set a limit that it has room for: ALTER SYSTEM SET"
              + " max_slot_wal_keep_size = '50GB';");
    }
    if (text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").equals("t")) {
      add(
          Severity.advice,
          "database.user '%s' is a superuser".formatted(source.user()),
          "It works, with more rights than Rowhook needs",
          "Give it a role of its own with LOGIN REPLICATION, and SELECT on the captured tables");
    }
    if (text("SELECT pg_is_in_recovery()").equals("f")) {
      Slot.read(connection, source.slot()).ifPresent(this::slot);
    }
    clock(clock);
  }

  private void senders() throws SQLException {
    long millis =
        Long.parseLong(text("SELECT setting FROM pg_settings WHERE name = 'wal_sender_timeout'"));
    if (millis > 0 && millis < SHORTEST_SENDER_MILLIS) {
      add(
          Severity.warning,
          "wal_sender_timeout of the server is %d ms".formatted(millis),
          "The server ends the connection whenever Rowhook pauses for that long, and webhooks come"
              + " in bursts",
          "Run ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf();");
    } else if (millis == 0) {
      add(
          Severity.advice,
          "wal_sender_timeout of the server is off",
          "After a broken network the slot stays in use until TCP notices, and nothing is sent"
              + " meanwhile",
          "Run ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf();");
    }
  }

  private void slot(Slot slot) {
    if (slot.lost()) {
      add(
          Severity.error,
          "replication slot '%s' is lost: the server removed log that it needed, by its max_slot_wal_keep_size"
              .formatted(slot.name()),
          "What was changed since Rowhook last read is not sent by itself any more",
          "Run SELECT pg_drop_replication_slot('%s'); and start once with --accept-gap, and bring recipients up to date"
              .formatted(slot.name()));
    } else if (slot.walStatus().equals("unreserved") || slot.retained() > MUCH_LOG) {
      add(
          Severity.warning,
          "the server keeps %d MB of log for replication slot '%s'%s"
              .formatted(
                  slot.retained() >> 20,
                  slot.name(),
                  slot.walStatus().equals("unreserved")
                      ? ", which is beyond max_slot_wal_keep_size"
                      : ""),
          "Rowhook is behind by that much; at its limit the server drops the log, and the changes"
              + " with it",
          "Start rowhook run with these settings, and watch rowhook status");
    }
  }

  private void clock(InstantSource clock) throws SQLException {
    Instant before = clock.instant();
    double seconds = Double.parseDouble(text("SELECT extract(epoch FROM clock_timestamp())"));
    Instant after = clock.instant();
    Instant here = before.plus(Duration.between(before, after).dividedBy(2));
    Duration off = Duration.between(here, Instant.ofEpochMilli((long) (seconds * 1000)));
    if (off.abs().compareTo(CLOCKS_MAY_DIFFER) > 0) {
      found.add(
          new Finding(
              Severity.warning,
              Area.host,
              "the clock of this machine is %d s %s that of the server at %s"
                  .formatted(
                      off.abs().toSeconds(),
                      off.isNegative() ? "ahead of" : "behind",
                      source.address()),
              "Recipients that check the time of a signature may refuse webhooks, and times of"
                  + " events and of attempts do not fit together",
              "Have both machines set their clocks by the same NTP servers"));
    }
  }

  private void add(Severity severity, String what, String means, String mend) {
    found.add(new Finding(severity, Area.source, source.place() + ": " + what, means, mend));
  }

  private String text(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.ofNullable(row.getString(1)).orElse("") : "";
    }
  }
}
