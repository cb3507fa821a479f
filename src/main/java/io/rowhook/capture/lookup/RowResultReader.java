package io.rowhook.capture.lookup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.decode.PostgresType;
import io.rowhook.capture.decode.PostgresValueParser;
import io.rowhook.capture.decode.RowChangeDeserializer;
import io.rowhook.capture.decode.TypeCatalog;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.postgresql.jdbc.PgResultSet;

/**
 * The rows of a statement, their values read from PostgreSQL's text into just what the log gives.
 * The session writes text as {@link JdbcRowLookup} has set it. One use.
 */
final class RowResultReader {

  private final ResultSet result;
  private final String[] names;
  private final PostgresType[] types;
  private long bytes;

  RowResultReader(TypeCatalog catalog, ResultSet result) throws SQLException {
    this.result = result;
    PgResultSet typed = result.unwrap(PgResultSet.class);
    ResultSetMetaData columns = result.getMetaData();
    names = new String[columns.getColumnCount()];
    types = new PostgresType[names.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = columns.getColumnLabel(i + 1);
      types[i] = catalog.type(typed.getColumnOID(i + 1));
    }
  }

  boolean next() throws SQLException {
    return result.next();
  }

  /** Fetches so many rows at once from now on. */
  void fetch(int rows) throws SQLException {
    result.setFetchSize(rows);
  }

  /** The current row. */
  ObjectNode row() throws SQLException {
    bytes = 0;
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < names.length; i++) {
      String text = result.getString(i + 1);
      if (text == null) {
        row.set(names[i], NullNode.getInstance());
      } else {
        bytes += RowChangeDeserializer.NODE_WEIGHT + text.length();
        row.set(names[i], PostgresValueParser.parse(types[i], text));
      }
    }
    return row;
  }

  /** About how much the current row holds. */
  long bytes() {
    return bytes;
  }
}
