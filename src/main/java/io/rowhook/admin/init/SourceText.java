package io.rowhook.admin.init;

import java.util.Map;
import java.util.TreeMap;

/** {@code source.properties}, with the password left to the environment. */
final class SourceText {

  private SourceText() {}

  static String file(PostgresUri uri, String role) {
    StringBuilder text =
        new StringBuilder(
            """
            # The ERP's PostgreSQL database, which Rowhook reads committed changes from: properties of Debezium's
            # PostgreSQL connector, under the names that Debezium documents. The role is the one that setup.sql makes.
            # Its password is taken from the environment; ${file:/run/secrets/erp} takes it from a file.

            """);
    Map<String, String> lines = new TreeMap<>(uri.options());
    text.append(line("database.hostname", uri.host()));
    text.append(line("database.port", uri.port()));
    text.append(line("database.dbname", uri.database()));
    text.append(line("database.user", role));
    text.append("database.password=${env:PGPASSWORD}\n");
    lines.forEach((key, value) -> text.append(line("database." + key, value)));
    return text.toString();
  }

  private static String line(String key, String value) {
    return key + "=" + value.replace("\\", "\\\\") + "\n";
  }
}
