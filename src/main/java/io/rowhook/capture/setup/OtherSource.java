package io.rowhook.capture.setup;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.PublicationState;
import io.rowhook.capture.catalog.Slot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether settings name another source than the one that a journal goes on with, while a Rowhook
 * captures from that. What may be missing between journal and slot can be judged only after that
 * one has let go: see {@link ContinuityCheck}.
 */
public final class OtherSource {

  private OtherSource() {}

  /**
   * Compares.
   *
   * @param connection to the source that the settings name
   * @param epoch that the journal is in
   * @return what is another one, in words for the user
   */
  public static List<String> problems(SourceConfig source, Connection connection, Epoch epoch)
      throws SQLException {
    ClusterHistory journal = ClusterHistory.of(epoch);
    String cluster = systemIdentifier(connection);
    if (!cluster.equals(journal.systemIdentifier())) {
      return List.of(
          "%s: %s is of another cluster (system identifier %s) than the journal's (%s). Name the server that the Rowhook on this journal captures from, as database.hostname and database.port; or, for another source, name another journal"
              .formatted(source.place(), source.server(), cluster, journal.systemIdentifier()));
    }
    List<String> found = new ArrayList<>();
    Optional<Slot> slot = Slot.read(connection, journal.slot());
    if (!source.slot().equals(journal.slot())) {
      found.add(
          "%s: slot.name is '%s', but the journal belongs to replication slot '%s', from which the Rowhook on it captures. Write slot.name=%s; or, for another slot, name another journal"
              .formatted(source.place(), source.slot(), journal.slot(), journal.slot()));
    }
    if (slot.isPresent() && !slot.get().database().equals(source.database())) {
      found.add(
          "%s: database.dbname is '%s', but the journal belongs to replication slot '%s' of database '%s'. Write database.dbname=%s; or, for another database, name another journal"
              .formatted(
                  source.place(),
                  source.database(),
                  journal.slot(),
                  slot.get().database(),
                  slot.get().database()));
    } else if (PublicationState.read(connection, source.publication(), Set.of()).isEmpty()) {
      found.add(
          "%s: publication.name is '%s', but there is no such publication in database '%s'. Name the one by which the Rowhook on this journal captures"
              .formatted(source.place(), source.publication(), source.database()));
    }
    return found;
  }

  private static String systemIdentifier(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT system_identifier FROM pg_control_system()")) {
      row.next();
      return row.getString(1);
    }
  }
}
