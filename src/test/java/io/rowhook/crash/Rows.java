package io.rowhook.crash;

import io.rowhook.crash.Truth.Row;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.postgresql.PGConnection;

/** The statements of one open transaction, each noted in its {@link Work}. One thread. */
final class Rows {

  private final Connection connection;
  private final Work work;

  Rows(Connection connection, Work work) {
    this.connection = connection;
    this.work = work;
  }

  /** One statement, one row or several. None of them may exist; all must be of one kind. */
  void insert(List<EntityKey> keys) throws SQLException {
    Kind kind = keys.getFirst().kind();
    List<String> columns = columns(kind);
    String row = "(" + String.join(",", Collections.nCopies(columns.size(), "?")) + ")";
    String sql =
        "INSERT INTO %s(%s) VALUES %s"
            .formatted(
                kind.table,
                String.join(",", columns),
                String.join(",", Collections.nCopies(keys.size(), row)));
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (EntityKey key : keys) {
        for (String value : values(key, next(key))) {
          insert.setString(parameter++, value);
        }
      }
      insert.executeUpdate();
    }
  }

  /** {@code COPY}: its rows may share one log position. */
  void copy(List<EntityKey> keys) throws SQLException {
    Kind kind = keys.getFirst().kind();
    StringBuilder lines = new StringBuilder();
    for (EntityKey key : keys) {
      lines.append(String.join("\t", values(key, next(key)))).append('\n');
    }
    String sql = "COPY %s(%s) FROM STDIN".formatted(kind.table, String.join(",", columns(kind)));
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(sql, new StringReader(lines.toString()));
    } catch (IOException e) {
      throw new SQLException("COPY broke off: " + e.getMessage(), "08006", e);
    }
  }

  /** Each row must exist. The large text is left alone unless {@code describe}. */
  void update(List<EntityKey> keys, boolean describe) throws SQLException {
    Kind kind = keys.getFirst().kind();
    List<String> columns = columns(kind);
    boolean described = describe && kind == Kind.Article;
    int upTo = columns.size() - (kind == Kind.Article && !describe ? 2 : 0);
    String sets = String.join("=?,", columns.subList(1, upTo)) + "=?";
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE %s SET %s WHERE %s=?".formatted(kind.table, sets, kind.key))) {
      for (EntityKey key : keys) {
        long version = work.nextVersion(key);
        Row row = new Row(true, version, described ? version : work.row(key).described());
        work.becomes(key, row);
        List<String> values = values(key, row);
        for (int i = 1; i < upTo; i++) {
          update.setString(i, values.get(i));
        }
        update.setString(upTo, key.id());
        update.addBatch();
      }
      for (int count : update.executeBatch()) {
        changedOne(count, "UPDATE", kind);
      }
    }
  }

  /** A new row version that changes no value: no event may come of it. */
  void touch(EntityKey key) throws SQLException {
    one(key, "UPDATE %s SET name = name WHERE %s=?");
  }

  void delete(EntityKey key) throws SQLException {
    one(key, "DELETE FROM %s WHERE %s=?");
    work.becomes(key, new Row(false, work.row(key).version(), 0));
  }

  /** A change of primary key: a Deleted and a Created. */
  void move(EntityKey from, EntityKey to) throws SQLException {
    Kind kind = from.kind();
    Row row = next(to);
    List<String> columns = columns(kind);
    String sql =
        "UPDATE %s SET %s=? WHERE %s=?"
            .formatted(kind.table, String.join("=?,", columns), kind.key);
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (String value : values(to, row)) {
        update.setString(parameter++, value);
      }
      update.setString(parameter, from.id());
      changedOne(update.executeUpdate(), "UPDATE of the key", kind);
    }
    work.becomes(from, new Row(false, work.row(from).version(), 0));
  }

  /** In a table that is not captured. */
  void noise(String text) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO public.noise(said) VALUES (?)")) {
      insert.setString(1, text);
      insert.executeUpdate();
    }
  }

  /** Nobody is to be told of what this transaction does, before or after this. */
  void mute() throws SQLException {
    try (Statement said = connection.createStatement()) {
      said.execute("SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": true}')");
    }
    work.mute();
  }

  private void one(EntityKey key, String sql) throws SQLException {
    Kind kind = key.kind();
    try (PreparedStatement change =
        connection.prepareStatement(sql.formatted(kind.table, kind.key))) {
      change.setString(1, key.id());
      changedOne(change.executeUpdate(), sql.substring(0, 6), kind);
    }
  }

  private static void changedOne(int count, String what, Kind kind) {
    if (count != 1) {
      throw new AssertionError(
          what
              + " in "
              + kind.table
              + " changed "
              + count
              + " rows: the story's own truth is wrong");
    }
  }

  private Row next(EntityKey key) {
    long version = work.nextVersion(key);
    Row row = new Row(true, version, key.kind() == Kind.Article ? version : 0);
    work.becomes(key, row);
    return row;
  }

  private static List<String> columns(Kind kind) {
    return switch (kind) {
      case Article ->
          List.of("id", "version", "name", "stock", "price", "described", "description");
      case Customer -> List.of("code", "version", "name", "email");
      case Order -> List.of("order_id", "version", "name", "total");
    };
  }

  /** In the order of the columns; the server makes of the texts what the columns are. */
  private static List<String> values(EntityKey key, Row row) {
    long version = row.version();
    List<String> values = new ArrayList<>();
    values.add(key.id());
    values.add(Long.toString(version));
    values.add(Kind.name(key, version));
    switch (key.kind()) {
      case Article -> {
        values.add(Long.toString(version % 1000));
        values.add(version + ".50");
        values.add(Long.toString(row.described()));
        values.add(Kind.largeText(key, row.described(), Kind.textSize(key)));
      }
      case Customer -> values.add("v" + version + "@example.com");
      case Order -> values.add(version + ".2500");
    }
    return values;
  }
}
