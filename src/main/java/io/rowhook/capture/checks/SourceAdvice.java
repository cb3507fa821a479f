package io.rowhook.capture.checks;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
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

  private static final long LITTLE_LOG_MB = 1_024;

  /** The engine's two, one each for look-ups, resyncs, marks and the monitor, and two to spare. */
  private static final int CONNECTIONS = 8;

  private static final Duration EXPIRES_SOON = Duration.ofDays(30);

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
    String kept = setting("max_slot_wal_keep_size");
    if (!kept.equals("-1") && Long.parseLong(kept) < LITTLE_LOG_MB) {
      add(
          Severity.warning,
          "max_slot_wal_keep_size of the server is only %s MB".formatted(kept),
          "A busy ERP writes that within minutes; if Rowhook is stopped for longer, the slot is lost"
              + " and row changes with it",
          "Run ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf(); if the disk"
              + " has room for it");
    }
    String idle = setting("idle_replication_slot_timeout"); // PostgreSQL 18
    if (!idle.isEmpty() && !idle.equals("0")) {
      add(
          Severity.warning,
          "idle_replication_slot_timeout of the server is "
              + text("SELECT current_setting('idle_replication_slot_timeout')"),
          "If Rowhook is stopped for longer, the slot is lost and row changes with it",
          "Run ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();");
    }
    role(clock);
    if (kept.equals("-1")) {
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

  /** What keeps the role from logging in again, or often enough. */
  private void role(InstantSource clock) throws SQLException {
    String user = TableId.quote(source.user());
    String most = text("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user");
    if (!most.isEmpty() && !most.equals("-1") && Integer.parseInt(most) < CONNECTIONS) {
      add(
          Severity.warning,
          "database.user '%s' may have only %s connections".formatted(source.user(), most),
          "Rowhook opens up to %d: what it looks up is unavailable where it gets none"
              .formatted(CONNECTIONS),
          "Run ALTER ROLE %s CONNECTION LIMIT -1;".formatted(user));
    }
    String until =
        text(
            "SELECT extract(epoch FROM rolvaliduntil)::int8 FROM pg_roles WHERE rolname = current_user"
                + " AND isfinite(rolvaliduntil)");
    if (!until.isEmpty()) {
      Instant end = Instant.ofEpochSecond(Long.parseLong(until));
      Duration left = Duration.between(clock.instant(), end);
      if (left.compareTo(EXPIRES_SOON) < 0) {
        add(
            Severity.warning,
            "the password of database.user '%s' is valid until %s only"
                .formatted(source.user(), end),
            "From then on Rowhook cannot connect again, and no webhook is sent",
            "Run ALTER ROLE %s VALID UNTIL 'infinity';".formatted(user));
      }
    }
  }

  private String setting(String name) throws SQLException {
    return text("SELECT setting FROM pg_settings WHERE name = '" + name + "'");
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
