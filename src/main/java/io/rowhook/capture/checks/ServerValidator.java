package io.rowhook.capture.checks;

import io.rowhook.base.Finding.Area;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Looks whether the server lets its log be read: its settings, the role, the slot, what stands
 * between. One use.
 */
public final class ServerValidator {

  private final SourceConfig source;
  private final Connection connection;
  private final Findings findings;
  private final boolean running;

  /**
   * @param running whether a Rowhook of these settings runs, whose slot is in use by right
   */
  public ServerValidator(
      SourceConfig source, Connection connection, Findings findings, boolean running) {
    this.source = source;
    this.connection = connection;
    this.findings = findings;
    this.running = running;
  }

  /** Adds a problem for each thing that is not as it must be. */
  public void check() throws SQLException {
    server();
    slot();
    if (findings.problems().isEmpty()) {
      replication();
    }
  }

  private void server() throws SQLException {
    if (!setting("wal_level").equals("logical")) {
      findings.refuse(
          "%s: wal_level of the server at %s is '%s', but must be 'logical'. %s"
              .formatted(
                  source.place(),
                  source.address(),
                  setting("wal_level"),
                  restart("wal_level", "'logical'")));
    }
    if (one("SELECT pg_is_in_recovery()::text").equals("true")) {
      findings.refuse(
          "%s: the server at %s is a standby (in recovery), but Rowhook captures from the primary. Set database.hostname to the primary"
              .formatted(source.place(), source.address()));
    }
    encoding();
  }

  /**
   * PostgreSQL does not know the encoding of what stands in an {@code SQL_ASCII} database, so it
   * cannot convert it: the first value that is no UTF-8 would end the stream, each time anew.
   */
  private void encoding() throws SQLException {
    if (setting("server_encoding").equals("SQL_ASCII")) {
      findings.refuse(
          "%s: %s has the encoding SQL_ASCII: PostgreSQL does not know what its text means, and ends the stream at the first that is no UTF-8. Run CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0; and move the data there by pg_dump --encoding=UTF8"
              .formatted(source.place(), source.server()));
    }
  }

  /**
   * Opens a replication connection. The server knows best whether it may be: managed ones give the
   * right by roles of their own, and a pooler between gives none.
   */
  private void replication() throws SQLException {
    try {
      PostgresConnections.identify(source);
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) { // insufficient_privilege
        findings.refuse(SourceValidator.connecting(source, e));
        return;
      }
      String user = TableId.quote(source.user());
      boolean rds =
          one("SELECT count(*) FROM pg_roles WHERE rolname = 'rds_replication'").equals("1");
      findings.refuse(
          "%s: database.user '%s' may not replicate. Run %s"
              .formatted(
                  source.place(),
                  source.user(),
                  rds
                      ? "GRANT rds_replication TO " + user + ";"
                      : "ALTER ROLE " + user + " REPLICATION;"));
    }
  }

  private void slot() throws SQLException {
    Optional<Slot> slot =
        one("SELECT pg_is_in_recovery()::text").equals("true")
            ? Optional.empty()
            : Slot.read(connection, source.slot());
    if (slot.isEmpty()) {
      free("max_replication_slots", "SELECT count(*) FROM pg_replication_slots");
    }
    free("max_wal_senders", "SELECT count(*) FROM pg_stat_replication");
    slot.ifPresent(this::existing);
    String keep = setting("max_slot_wal_keep_size");
    if (!keep.equals("-1")) {
      findings.advise(
          Area.source,
          "%s: max_slot_wal_keep_size of the server is %s: while Rowhook is stopped or behind by more than that, the slot is lost and row changes with it"
              .formatted(source.place(), keep));
    }
  }

  private void existing(Slot slot) {
    if (!slot.plugin().equals("pgoutput")) {
      findings.refuse(
          "%s: slot.name '%s' is a slot of plugin '%s', but Rowhook needs one of 'pgoutput'. Choose another slot.name"
              .formatted(source.place(), slot.name(), slot.plugin()));
    } else if (!slot.database().equals(source.database())) {
      findings.refuse(
          "%s: slot.name '%s' is a slot of database '%s', but database.dbname is '%s'. Choose another slot.name"
              .formatted(source.place(), slot.name(), slot.database(), source.database()));
    } else if (slot.active() && !running) {
      findings.refuse(
          "%s: slot.name '%s' is in use by server process %d (%s), but a slot has one reader. Stop that client, or wait for its end by rowhook run --standby, or choose another slot.name and publication.name; a client that is gone is ended by SELECT pg_terminate_backend(%d);"
              .formatted(
                  source.place(), slot.name(), slot.activePid(), slot.client(), slot.activePid()));
    }
  }

  private void free(String setting, String count) throws SQLException {
    int limit = Integer.parseInt(setting(setting));
    int used = Integer.parseInt(one(count));
    if (used >= limit) {
      findings.refuse(
          "%s: all %d of the server's %s are in use. %s"
              .formatted(
                  source.place(), limit, setting, restart(setting, String.valueOf(limit + 5))));
    }
  }

  /** What mends a setting that holds from the server's next start. */
  private String restart(String setting, String value) throws SQLException {
    return one("SELECT pending_restart::text FROM pg_settings WHERE name = '" + setting + "'")
            .equals("true")
        ? "It is set already and waits for a restart: restart PostgreSQL"
        : "Run ALTER SYSTEM SET %s = %s; SELECT pg_reload_conf(); and restart the server"
            .formatted(setting, value);
  }

  private String setting(String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT current_setting(?)")) {
      statement.setString(1, name);
      return first(statement);
    }
  }

  private String one(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return first(statement);
    }
  }

  private static String first(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return Optional.ofNullable(row.getString(1)).orElse("");
    }
  }
}
