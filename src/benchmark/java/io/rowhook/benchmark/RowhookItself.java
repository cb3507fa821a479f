package io.rowhook.benchmark;

import io.rowhook.testing.PropertiesFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The product as it ships: its launcher and its jars, in a process of its own, with default
 * settings but for what is named.
 *
 * @param who its name in the report
 * @param home what {@code mvn package} has left in {@code target/rowhook}
 * @param more lines for the recipient's file
 * @param environment for the launcher
 */
record RowhookItself(String who, Path home, String more, Map<String, String> environment)
    implements Candidate {

  static final String WHO = "Rowhook";
  static final String ARTICLE = "Article:\n  table: public.article\n";

  RowhookItself(Path home, String more, Map<String, String> environment) {
    this(WHO, home, more, environment);
  }

  /** With default settings. */
  RowhookItself(Path home) {
    this(home, "", Map.of());
  }

  @Override
  public String mark() {
    return "first"; // "data" comes before "previous"
  }

  @Override
  public Spawned start(Bed bed, Path directory, URI url) throws IOException {
    return start(bed, directory, Map.of("shop", recipient(url)), ARTICLE);
  }

  /**
   * A recipient's file: where it is, that this is allowed, and a secret that all is signed with.
   */
  String recipient(URI url) {
    return "url: "
        + url
        + "\nallow: { http: true, networks: [127.0.0.0/8] }\nauthentication:\n  hmac:\n"
        + "    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
        + more;
  }

  /**
   * Starts it with other settings.
   *
   * @param recipients their files by name
   */
  Spawned start(Bed bed, Path directory, Map<String, String> recipients, String entities)
      throws IOException {
    return start(bed, directory, recipients, entities, Map.of());
  }

  /**
   * The same with templates.
   *
   * @param templates by their paths below {@code jslt-templates}
   * @param options of {@code rowhook run}
   */
  Spawned start(
      Bed bed,
      Path directory,
      Map<String, String> recipients,
      String entities,
      Map<String, String> templates,
      String... options)
      throws IOException {
    write(bed, directory, recipients, entities);
    for (Map.Entry<String, String> template : templates.entrySet()) {
      Path file = directory.resolve("jslt-templates").resolve(template.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, template.getValue());
    }
    Spawned process = spawn(directory, options);
    bed.awaitReader(process);
    return process;
  }

  /** A turn of several instances, of which the first captures alone. */
  Turn capturing(Place place, Map<String, String> recipients) throws IOException {
    return Turn.of(
        place,
        this,
        directory ->
            start(place.bed(), directory, recipients, ARTICLE, Map.of(), "--role", "capture"));
  }

  /** Starts an instance that delivers, beside the one that captures, and with its settings. */
  Spawned delivering(Place place, String name) throws IOException {
    Path own = place.work().resolve(name);
    Files.createDirectories(own.resolve("rowhook-data"));
    Spawned process =
        spawn(
            own,
            "--config",
            place.work().resolve("connector-config").toString(),
            "--templates",
            place.work().resolve("jslt-templates").toString(),
            "--role",
            "deliver");
    process.awaitLine(Duration.ofMinutes(2), "started in");
    return process;
  }

  private Spawned spawn(Path directory, String... options) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("ROWHOOK_JAVA", System.getProperty("java.home"));
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/rowhook").toString(), "run"));
    command.addAll(List.of(options));
    return Spawned.start(WHO, command, all, directory);
  }

  private static void write(
      Bed bed, Path directory, Map<String, String> recipients, String entities) throws IOException {
    Path config = directory.resolve("connector-config");
    Files.createDirectories(config.resolve("recipients"));
    Files.createDirectories(directory.resolve("jslt-templates"));
    Files.createDirectories(directory.resolve("rowhook-data"));
    PropertiesFile.write(config.resolve("source.properties"), bed.connector());
    Files.writeString(config.resolve("entities.yaml"), entities);
    Brokers.write(config);
    for (Map.Entry<String, String> recipient : recipients.entrySet()) {
      Files.writeString(
          config.resolve("recipients").resolve(recipient.getKey() + ".yaml"), recipient.getValue());
    }
  }
}
