package io.rowhook.capture.monitor;

import io.rowhook.capture.PreparedGeneration;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.CatalogFingerprint;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.debezium.StructureChangedException;
import io.rowhook.capture.decode.Relation;
import io.rowhook.capture.decode.RelationListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the catalog each time that the log describes a captured table, which it does before the
 * first row that is written after a change. Where the table is as the engine was prepared for, the
 * description is that or an older one: the engine goes on. Otherwise it stops before that row.
 *
 * <p>Whoever wrote the row has seen the change, since it takes a lock that waits for writers; so
 * the catalog that is asked now has it. One engine's; closed when that has ended.
 */
public final class StructureWatch implements RelationListener, AutoCloseable {

  private final SourceConfig source;
  private final PreparedGeneration prepared;
  private @Nullable Connection connection;

  public StructureWatch(SourceConfig source, PreparedGeneration prepared) {
    this.source = source;
    this.prepared = prepared;
  }

  @Override
  public void seen(Relation relation) {
    TableId table = prepared.captured(relation);
    if (table == null) {
      return;
    }
    try {
      Map<TableId, String> now = CatalogFingerprint.read(connect(), List.of(table));
      if (!Objects.equals(now.get(table), prepared.fingerprints().get(table))) {
        throw new StructureChangedException(
            "table %s is not as it was when the engine was prepared".formatted(table));
      }
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  private synchronized Connection connect() throws SQLException {
    if (connection == null) {
      connection = PostgresConnections.connect(source);
    }
    return connection;
  }

  @Override
  public synchronized void close() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      return; // it is broken then
    }
  }
}
