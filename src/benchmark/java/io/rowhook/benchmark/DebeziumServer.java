package io.rowhook.benchmark;

import io.rowhook.testing.PropertiesFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The peer: Debezium Server of the same Debezium, as it ships, with its HTTP sink. */
record DebeziumServer(Path home) implements Candidate {

  static final String WHO = "Debezium Server";

  @Override
  public String who() {
    return WHO;
  }

  @Override
  public String mark() {
    return "last"; // "before" comes before "after"
  }

  @Override
  public Spawned start(Bed bed, Path directory, URI url) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("debezium.sink.type", "http");
    settings.put("debezium.sink.http.url", url.toString());
    settings.put("debezium.format.value", "json");
    settings.put("debezium.format.schemas.enable", "false"); // smaller, and faster
    settings.put("quarkus.http.port", "0");
    settings.put("quarkus.log.console.json", "false");
    Map<String, String> source = bed.connector("peer");
    source.put("offset.storage.file.filename", directory.resolve("offsets.dat").toString());
    source.forEach((key, value) -> settings.put("debezium.source." + key, value));
    Path config = Files.createDirectories(directory.resolve("config"));
    PropertiesFile.write(config.resolve("application.properties"), settings);
    Spawned process =
        Spawned.start(
            WHO,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                runner() + ":" + home.resolve("lib") + "/*",
                "io.debezium.server.Main"),
            Map.of(),
            directory);
    bed.awaitReader(process);
    return process;
  }

  private Path runner() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files
          .filter(file -> file.toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no Debezium Server in " + home));
    }
  }
}
