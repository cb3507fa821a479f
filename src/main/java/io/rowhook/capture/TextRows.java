package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;

/**
 * The rows of a statement, their values read from PostgreSQL's text into just what the log gives.
 * The session writes text as {@link SourceRows} has set it. One use.
 */
final class TextRows {

  private final ResultSet result;
  private final String[] names;
  private final char[] kinds;
  private final char[] elements;
  private long bytes;

  TextRows(Connection connection, ResultSet result) throws SQLException {
    this.result = result;
    ResultSetMetaData columns = result.getMetaData();
    var types = connection.unwrap(BaseConnection.class).getTypeInfo();
    names = new String[columns.getColumnCount()];
    kinds = new char[names.length];
    elements = new char[names.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = columns.getColumnLabel(i + 1);
      String type = columns.getColumnTypeName(i + 1);
      int oid = types.getPGType(type);
      boolean array = type.startsWith("_") && types.getPGArrayElement(oid) != 0;
      kinds[i] = array ? ColumnConverter.ARRAY : PostgresText.kind(type);
      elements[i] = PostgresText.elementKind(oid);
    }
  }

  boolean next() throws SQLException {
    return result.next();
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
        bytes += RowReader.NODE_WEIGHT + text.length();
        row.set(
            names[i],
            kinds[i] == ColumnConverter.ARRAY
                ? PostgresText.array(text, elements[i])
                : PostgresText.read(text, kinds[i]));
      }
    }
    return row;
  }

  /** About how much the current row holds. */
  long bytes() {
    return bytes;
  }
}
