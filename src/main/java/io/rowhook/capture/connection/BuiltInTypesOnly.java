package io.rowhook.capture.connection;

import io.rowhook.capture.debezium.OpaqueMessageDecoder;
import java.sql.Connection;
import java.sql.Statement;

/**
 * Shows Debezium PostgreSQL's own types, and none that a database has besides. It loads all types
 * at its start, and fails for ever at some: a domain over an enum, used or not. It reads no value
 * by them any more ({@link OpaqueMessageDecoder}).
 */
public final class BuiltInTypesOnly {

  /** In Debezium's statement: all types but those of tables of large values. */
  static final String ALL = "n.nspname != 'pg_toast'";

  private static final String OWN = "n.nspname = 'pg_catalog'";

  private BuiltInTypesOnly() {}

  /** A connection that looks so. */
  public static Connection of(Connection connection) {
    return Proxies.create(
        Connection.class,
        (method, arguments) -> {
          Object result = Proxies.call(connection, method, own(arguments));
          return method.getName().equals("createStatement") && result instanceof Statement statement
              ? of(statement)
              : result;
        });
  }

  private static Statement of(Statement statement) {
    return Proxies.create(
        Statement.class, (method, arguments) -> Proxies.call(statement, method, own(arguments)));
  }

  private static Object[] own(Object[] arguments) {
    if (arguments.length > 0 && arguments[0] instanceof String sql && sql.contains(ALL)) {
      arguments[0] = sql.replace(ALL, OWN);
    }
    return arguments;
  }
}
