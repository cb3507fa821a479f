package io.rowhook.capture;

import io.debezium.connector.postgresql.PostgresConnector;
import io.rowhook.base.DidYouMean;
import io.rowhook.capture.debezium.ChangeEventQueue;
import io.rowhook.capture.debezium.ConnectorDefaults;
import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.EngineConnectionFactory;
import io.rowhook.capture.debezium.OpaqueMessageDecoder;
import io.rowhook.capture.debezium.RowhookConnector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The source as {@code source.properties} describes it: Debezium's own connector properties, merged
 * with those that Rowhook's promises rest on. Holds the password, so it prints neither that nor any
 * property.
 *
 * @param place where the properties come from, for messages: {@code
 *     connector-config/source.properties}
 * @param hosts of the server and its standbys; the one that is the primary is connected to
 * @param credentials asked for each connection anew, since they may change; any thread
 * @param database that holds the tables
 * @param slot the replication slot's name
 * @param publication the publication's name
 * @param properties all connector properties, Rowhook's among them; without tables and columns
 */
public record SourceConfig(
    String place,
    List<Host> hosts,
    Supplier<Credentials> credentials,
    String database,
    String slot,
    String publication,
    Map<String, String> properties) {

  /** The prefix of the logical messages by which Rowhook moves its slot. */
  public static final String MESSAGE_PREFIX = "rowhook";

  private static final String QUEUE_BYTES = "max.queue.size.in.bytes";
  private static final List<String> REQUIRED =
      List.of("database.hostname", "database.user", "database.password", "database.dbname");
  private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
  private static final Pattern BYTES = Pattern.compile("[0-9]{1,18}");
  private static final Pattern PUBLICATION_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  /** Who connects: a role that has REPLICATION and reads the catalog. Prints no password. */
  public record Credentials(String user, String password) {
    @Override
    public String toString() {
      return "Credentials[" + user + "]";
    }
  }

  /** A server's name or address, and its port. */
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  public SourceConfig {
    hosts = List.copyOf(hosts);
    properties = Map.copyOf(properties);
  }

  /**
   * Merges what was given with what Rowhook sets.
   *
   * @param given connector properties, all {@code ${...}} already replaced
   * @param place where they come from, for messages
   * @throws SourceException naming each key that is missing, unknown or conflicts
   */
  public static SourceConfig of(Map<String, String> given, String place) {
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
    Map<String, String> merged = new TreeMap<>(ConnectorDefaults.DEFAULTS);
    merged.putAll(given);
    ConnectorDefaults.FIXED.forEach((key, fixed) -> merged.put(key, fixed.value()));
    merged.put("name", "rowhook");
    matching("slot.name", merged, SLOT_NAME, place, problems);
    matching("publication.name", merged, PUBLICATION_NAME, place, problems);
    if (!BYTES.matcher(value(merged, QUEUE_BYTES)).matches()) {
      problems.add(
          "%s: %s is '%s', but it must be a number of bytes; 0 is no limit"
              .formatted(place, QUEUE_BYTES, value(merged, QUEUE_BYTES)));
    }
    List<Host> hosts = hosts(merged, place, problems);
    Credentials credentials =
        new Credentials(value(merged, "database.user"), value(merged, "database.password"));
    if (!problems.isEmpty()) {
      throw SourceException.of(problems);
    }
    return new SourceConfig(
        place,
        hosts,
        () -> credentials,
        value(merged, "database.dbname"),
        value(merged, "slot.name"),
        value(merged, "publication.name"),
        merged);
  }

  /**
   * The same connector properties with more of the log in each batch, unless they say themselves
   * how much: for a journal whose commits wait for brokers, whatever is in them.
   */
  public static Map<String, String> withLargeBatches(Map<String, String> given) {
    Map<String, String> merged = new TreeMap<>(ConnectorDefaults.LARGE_BATCHES);
    merged.putAll(given);
    return merged;
  }

  /**
   * The properties of an engine.
   *
   * @param engine its name, by which its connections find this source
   */
  public Properties connector(String engine) {
    Properties connector = new Properties();
    connector.putAll(properties);
    connector.setProperty("connector.class", RowhookConnector.class.getName());
    connector.setProperty("queue.provider.type", ChangeEventQueue.NAME);
    connector.setProperty(ChangeEventQueue.BYTES, value(properties, QUEUE_BYTES));
    connector.setProperty(QUEUE_BYTES, "0"); // Debezium's own count; it would never go down
    connector.setProperty("database.hostname", hosts().getFirst().name());
    connector.setProperty("database.port", String.valueOf(hosts().getFirst().port()));
    connector.setProperty(
        "database.connection.factory.class", EngineConnectionFactory.class.getName());
    connector.setProperty("database." + EngineActivity.ENGINE, engine);
    connector.setProperty("table.include.list", OpaqueMessageDecoder.TABLE);
    return connector;
  }

  public String topicPrefix() {
    return value(properties, "topic.prefix");
  }

  /** The same with credentials that may change; they are asked for each connection anew. */
  public SourceConfig with(Supplier<Credentials> changing) {
    return new SourceConfig(place, hosts, changing, database, slot, publication, properties);
  }

  /** Who connects, as of the moment. */
  public String user() {
    return credentials.get().user();
  }

  /** {@code db.example.com:5432}, or several, for messages. */
  public String address() {
    return hosts.stream().map(Host::toString).collect(Collectors.joining(","));
  }

  /** {@code database 'erp' at db.example.com:5432}, for messages. */
  public String server() {
    return "database '" + database + "' at " + address();
  }

  @Override
  public String toString() {
    return "Source[" + address() + "/" + database + ", slot " + slot + "]";
  }

  private static void check(
      String key, String value, String place, Set<String> known, List<String> problems) {
    ConnectorDefaults.Fixed fixed = ConnectorDefaults.FIXED.get(key);
    if (fixed != null) {
      if (!fixed.value().equalsIgnoreCase(value.strip())) {
        problems.add(
            "%s: %s is '%s', but Rowhook needs '%s': %s. Remove the line"
                .formatted(place, key, value, fixed.value(), fixed.why()));
      }
      return;
    }
    ConnectorDefaults.FORBIDDEN.forEach((forbidden, why) -> {
      if (forbidden.endsWith(".") ? key.startsWith(forbidden) : key.equals(forbidden)) {
        problems.add(
            "%s: %s is '%s', but Rowhook does not allow it: %s. Remove the line"
                .formatted(place, key, value, why));
      }
    });
    boolean open = ConnectorDefaults.OPEN_PREFIXES.stream().anyMatch(key::startsWith);
    boolean forbidden =
        ConnectorDefaults.FORBIDDEN.keySet().stream()
            .anyMatch(f -> f.endsWith(".") ? key.startsWith(f) : key.equals(f));
    if (!known.contains(key) && !forbidden && (!open || misspelt(key, known))) {
      problems.add(
          "%s: %s is no property of Debezium's PostgreSQL connector%s"
              .formatted(
                  place,
                  key,
                  DidYouMean.to(key, known).map(near -> "; the nearest is " + near).orElse("")));
    }
  }

  /**
   * {@code database.hostnam}: what follows {@code database.} goes to the driver, but hardly that.
   */
  private static boolean misspelt(String key, Set<String> known) {
    return key.startsWith("database.") && DidYouMean.to(key, known).isPresent();
  }

  private static Set<String> knownNames() {
    Set<String> names = new HashSet<>(new PostgresConnector().config().names());
    names.addAll(ConnectorDefaults.FIXED.keySet());
    names.addAll(ConnectorDefaults.DEFAULTS.keySet());
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

  /** Several as libpq takes them: names and ports in two lists, or one port for all. */
  private static List<Host> hosts(Map<String, String> merged, String place, List<String> problems) {
    List<String> names = list(merged, "database.hostname");
    List<String> ports = list(merged, "database.port");
    if (ports.size() > 1 && ports.size() != names.size()) {
      problems.add(
          "%s: database.port names %d ports, but database.hostname names %d hosts. Give one port for each host, or one for all"
              .formatted(place, ports.size(), names.size()));
      return List.of();
    }
    String given = value(merged, "database.hostname");
    if (!given.isBlank() && names.contains("")) { // that it is missing is said already
      problems.add(
          "%s: database.hostname is '%s', but has an empty name between its commas"
              .formatted(place, given));
    }
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      hosts.add(
          new Host(names.get(i), port(ports.get(ports.size() == 1 ? 0 : i), place, problems)));
    }
    return hosts;
  }

  private static List<String> list(Map<String, String> merged, String key) {
    return Arrays.stream(value(merged, key).split(",", -1)).map(String::strip).toList();
  }

  private static int port(String text, String place, List<String> problems) {
    try {
      int port = Integer.parseInt(text);
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
