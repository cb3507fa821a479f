package io.rowhook.capture;

import io.debezium.connector.postgresql.PostgresConnector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The source as {@code source.properties} describes it: Debezium's own connector properties, merged
 * with those that Rowhook's promises rest on. Holds the password, so it prints neither that nor any
 * property.
 *
 * @param place where the properties come from, for messages: {@code
 *     connector-config/source.properties}
 * @param host of the server
 * @param port of the server
 * @param user who has REPLICATION and reads the catalog
 * @param password the user's
 * @param database that holds the tables
 * @param slot the replication slot's name
 * @param publication the publication's name
 * @param properties all connector properties, Rowhook's among them; without tables and columns
 */
public record Source(
    String place,
    String host,
    int port,
    String user,
    String password,
    String database,
    String slot,
    String publication,
    Map<String, String> properties) {

  /** The prefix of the logical messages by which Rowhook moves its slot. */
  static final String MESSAGE_PREFIX = "rowhook";

  private static final String QUEUE_BYTES = "max.queue.size.in.bytes";
  private static final List<String> REQUIRED =
      List.of("database.hostname", "database.user", "database.password", "database.dbname");
  private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
  private static final Pattern BYTES = Pattern.compile("[0-9]{1,18}");
  private static final Pattern PUBLICATION_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  public Source {
    properties = Map.copyOf(properties);
  }

  /**
   * Merges what was given with what Rowhook sets.
   *
   * @param given connector properties, all {@code ${...}} already replaced
   * @param place where they come from, for messages
   * @throws SourceException naming each key that is missing, unknown or conflicts
   */
  public static Source of(Map<String, String> given, String place) {
    List<String> problems = new ArrayList<>();
    Set<String> known = knownNames();
    new TreeMap<>(given).forEach((key, value) -> check(key, value, place, known, problems));
    for (String key : REQUIRED) {
      if (given.getOrDefault(key, "").isBlank()) {
        problems.add(
            "%s: %s is missing; Rowhook needs it to reach the source. Add the line %s=..."
                .formatted(place, key, key));
      }
    }
    Map<String, String> merged = new TreeMap<>(SourceProperties.DEFAULTS);
    merged.putAll(given);
    SourceProperties.FIXED.forEach((key, fixed) -> merged.put(key, fixed.value()));
    merged.put("name", "rowhook");
    matching("slot.name", merged, SLOT_NAME, place, problems);
    matching("publication.name", merged, PUBLICATION_NAME, place, problems);
    if (!BYTES.matcher(value(merged, QUEUE_BYTES)).matches()) {
      problems.add(
          "%s: %s is '%s', but it must be a number of bytes; 0 is no limit"
              .formatted(place, QUEUE_BYTES, value(merged, QUEUE_BYTES)));
    }
    int port = port(merged, place, problems);
    if (!problems.isEmpty()) {
      throw SourceException.of(problems);
    }
    return new Source(
        place,
        value(merged, "database.hostname"),
        port,
        value(merged, "database.user"),
        value(merged, "database.password"),
        value(merged, "database.dbname"),
        value(merged, "slot.name"),
        value(merged, "publication.name"),
        merged);
  }

  /** The properties of an engine. */
  Properties connector() {
    Properties connector = new Properties();
    connector.putAll(properties);
    connector.setProperty("connector.class", RowhookConnector.class.getName());
    connector.setProperty("queue.provider.type", RecordQueue.NAME);
    connector.setProperty(RecordQueue.BYTES, value(properties, QUEUE_BYTES));
    connector.setProperty(QUEUE_BYTES, "0"); // Debezium's own count; it would never go down
    if (!properties.containsKey("database.socketFactory")) {
      connector.putIfAbsent("driver.socketFactory", SourceSockets.class.getName());
    }
    connector.setProperty("table.include.list", OpaqueMessageDecoder.TABLE);
    return connector;
  }

  String topicPrefix() {
    return value(properties, "topic.prefix");
  }

  /** {@code erp at db.example.com:5432}, for messages. */
  String server() {
    return "database '" + database + "' at " + host + ":" + port;
  }

  @Override
  public String toString() {
    return "Source[" + user + "@" + host + ":" + port + "/" + database + ", slot " + slot + "]";
  }

  private static void check(
      String key, String value, String place, Set<String> known, List<String> problems) {
    SourceProperties.Fixed fixed = SourceProperties.FIXED.get(key);
    if (fixed != null) {
      if (!fixed.value().equalsIgnoreCase(value.strip())) {
        problems.add(
            "%s: %s is '%s', but Rowhook needs '%s': %s. Remove the line"
                .formatted(place, key, value, fixed.value(), fixed.why()));
      }
      return;
    }
    SourceProperties.FORBIDDEN.forEach((forbidden, why) -> {
      if (forbidden.endsWith(".") ? key.startsWith(forbidden) : key.equals(forbidden)) {
        problems.add(
            "%s: %s is '%s', but Rowhook does not allow it: %s. Remove the line"
                .formatted(place, key, value, why));
      }
    });
    boolean open = SourceProperties.OPEN_PREFIXES.stream().anyMatch(key::startsWith);
    boolean forbidden =
        SourceProperties.FORBIDDEN.keySet().stream()
            .anyMatch(f -> f.endsWith(".") ? key.startsWith(f) : key.equals(f));
    if (!known.contains(key) && !forbidden && (!open || misspelt(key, known))) {
      problems.add(
          "%s: %s is no property of Debezium's PostgreSQL connector%s"
              .formatted(
                  place,
                  key,
                  Nearest.to(key, known).map(near -> "; the nearest is " + near).orElse("")));
    }
  }

  /**
   * {@code database.hostnam}: what follows {@code database.} goes to the driver, but hardly that.
   */
  private static boolean misspelt(String key, Set<String> known) {
    return key.startsWith("database.") && Nearest.to(key, known).isPresent();
  }

  private static Set<String> knownNames() {
    Set<String> names = new HashSet<>(new PostgresConnector().config().names());
    names.addAll(SourceProperties.FIXED.keySet());
    names.addAll(SourceProperties.DEFAULTS.keySet());
    names.add("name");
    return names;
  }

  private static void matching(
      String key,
      Map<String, String> merged,
      Pattern pattern,
      String place,
      List<String> problems) {
    String name = value(merged, key);
    if (!pattern.matcher(name).matches()) {
      problems.add(
          "%s: %s is '%s', but it must match %s, as PostgreSQL takes it without quotes"
              .formatted(place, key, name, pattern));
    }
  }

  private static int port(Map<String, String> merged, String place, List<String> problems) {
    String text = value(merged, "database.port");
    try {
      int port = Integer.parseInt(text.strip());
      if (port > 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // reported below, with the numbers that are out of range
    }
    problems.add(
        "%s: database.port is '%s', but it must be a port from 1 to 65535".formatted(place, text));
    return 0;
  }

  private static String value(Map<String, String> properties, String key) {
    return properties.getOrDefault(key, "");
  }
}
