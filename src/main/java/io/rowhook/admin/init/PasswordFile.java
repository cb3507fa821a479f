package io.rowhook.admin.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** libpq's {@code ~/.pgpass}: {@code host:port:database:user:password}, {@code *} is any. */
public final class PasswordFile {

  private PasswordFile() {}

  /** The password of its first line that fits; empty: none does, or it cannot be read. */
  public static Optional<String> find(Path file, PostgresUri uri) {
    try {
      if (!Files.isReadable(file)) {
        return Optional.empty();
      }
      List<String> asked = List.of(uri.host(), uri.port(), uri.database(), uri.user());
      for (String line : Files.readAllLines(file)) {
        List<String> fields = fields(line);
        if (!line.startsWith("#") && fields.size() == 5 && fits(fields, asked)) {
          return Optional.of(fields.get(4));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean fits(List<String> fields, List<String> asked) {
    for (int i = 0; i < asked.size(); i++) {
      if (!fields.get(i).equals("*") && !fields.get(i).equals(asked.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        field.append(line.charAt(i));
      } else if (c == ':' && fields.size() < 4) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
