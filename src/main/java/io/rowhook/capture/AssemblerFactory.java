package io.rowhook.capture;

import io.rowhook.capture.catalog.CatalogTable;
import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.debezium.TransactionAssembler;
import io.rowhook.capture.decode.RelationLayouts;
import io.rowhook.capture.decode.RowChangeDeserializer;
import io.rowhook.capture.decode.TypeCatalog;
import io.rowhook.capture.monitor.StructureWatch;
import io.rowhook.capture.setup.ReplicationSetup;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Builds what reads one engine's records.
 *
 * @param turn held by whoever uses the sink
 */
record AssemblerFactory(
    SourceConfig source, CaptureListener listener, ReplicationSetup setup, ReentrantLock turn) {

  TransactionAssembler create(
      PreparedGeneration prepared, StructureWatch structure, EngineActivity engine) {
    TypeCatalog types =
        new TypeCatalog(() -> {
          try (Connection connection = PostgresConnections.connect(source)) {
            return TypeCatalog.load(connection);
          }
        });
    RowChangeDeserializer rows =
        new RowChangeDeserializer(new RelationLayouts(prepared, types, this::ancestors), structure);
    return new TransactionAssembler(
        source, engine, rows, prepared.generation().sink(), listener, setup::confirm, turn);
  }

  private List<TableId> ancestors(long oid) throws SQLException {
    try (Connection connection = PostgresConnections.connect(source)) {
      return CatalogTable.ancestors(connection, oid);
    }
  }
}
