package io.rowhook.admin.init;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where a database is. Prints no password.
 *
 * @param host a name or an address; several with commas
 * @param port one for all
 * @param user who connects
 * @param password as written in it; empty: not there
 * @param options the driver's, as {@code sslmode}
 */
public record PostgresUri(
    String host,
    String port,
    String database,
    String user,
    Optional<String> password,
    Map<String, String> options) {

  private static final Set<String> SCHEMES = Set.of("postgresql", "postgres");

  /** As a URI has them, and the driver knows them by the same name. */
  private static final Set<String> OPTIONS =
      Set.of("sslmode", "sslcert", "sslkey", "sslrootcert", "options", "channelBinding");

  /**
   * Reads {@code jdbc:postgresql://host:port/db?user=u} or {@code postgresql://user@host/db}.
   *
   * @param fallback who connects where it names nobody
   * @throws IllegalArgumentException in words, without what it may hold of a password
   */
  public static PostgresUri parse(String text, String fallback) {
    URI uri = uri(text.startsWith("jdbc:") ? text.substring(5) : text);
    String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
    int at = authority.lastIndexOf('@');
    String login = at < 0 ? "" : authority.substring(0, at);
    String address = authority.substring(at + 1);
    int colon = address.matches(".*:\\d+") ? address.lastIndexOf(':') : -1;
    String host = colon < 0 ? address : address.substring(0, colon);
    String port = colon < 0 ? "5432" : address.substring(colon + 1);
    String path = Optional.ofNullable(uri.getRawPath()).orElse("").replaceFirst("^/", "");
    if (path.isEmpty()) {
      throw new IllegalArgumentException(
          "the URI names no database. Write it as postgresql://user@host:5432/database");
    }
    Map<String, String> options = options(uri.getRawQuery());
    int secret = login.indexOf(':');
    String user = decoded(secret < 0 ? login : login.substring(0, secret));
    String given = options.remove("password");
    String named = options.remove("user");
    for (String option : options.keySet()) {
      if (!OPTIONS.contains(option)) {
        throw new IllegalArgumentException(
            "the URI's option "
                + option
                + " is not known. There are user, "
                + String.join(", ", OPTIONS.stream().sorted().toList()));
      }
    }
    return new PostgresUri(
        host.isEmpty() ? "localhost" : host,
        port,
        decoded(path),
        !user.isEmpty() ? user : named != null ? named : fallback,
        secret < 0 ? Optional.ofNullable(given) : Optional.of(decoded(login.substring(secret + 1))),
        options);
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getScheme() != null && SCHEMES.contains(uri.getScheme())) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below, without the text, which may have a password
    }
    throw new IllegalArgumentException(
        "the database is a URI: postgresql://user@host:5432/database or"
            + " jdbc:postgresql://host:5432/database?user=name. Characters other than letters and digits are"
            + " written as %40");
  }

  private static Map<String, String> options(@org.jspecify.annotations.Nullable String query) {
    Map<String, String> options = new TreeMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        options.put(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
      }
    }
    return options;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
