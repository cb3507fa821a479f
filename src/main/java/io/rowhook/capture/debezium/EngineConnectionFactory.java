package io.rowhook.capture.debezium;

import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens the engine's connections as all others are opened. Debezium makes it, by name, so it is
 * public.
 */
public final class EngineConnectionFactory implements JdbcConnection.ConnectionFactory {

  @Override
  public Connection connect(JdbcConfiguration config) throws SQLException {
    return PostgresConnections.connect(config);
  }
}
