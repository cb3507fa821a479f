package io.rowhook.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.entity.EventMicro;
import io.rowhook.journal.JournalMicro;
import io.rowhook.template.jslt.BodyMicro;
import io.rowhook.webhook.SignerMicro;
import io.rowhook.webhook.dispatch.DispatchMicro;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.openjdk.jmh.generators.core.BenchmarkGenerator;
import org.openjdk.jmh.generators.core.FileSystemDestination;
import org.openjdk.jmh.generators.reflection.RFGeneratorSource;

/**
 * The micro benchmarks, by JMH: what single steps of an event's way take. They are compiled with
 * the tests; what JMH needs besides is made of them here, so that the build has no second
 * annotation processor.
 */
final class Micro {

  private static final String OF = "micro";

  private final Place place;

  Micro(Place place) {
    this.place = place;
  }

  /** A few seconds for each; {@code -Dseconds=3}: how many seconds count. */
  void run() throws IOException, InterruptedException {
    Path sources = Files.createDirectories(place.fresh().resolve("sources"));
    Path classes = Files.createDirectories(place.work().resolve("classes"));
    generate(sources, classes);
    compile(sources, classes);
    Path results = place.work().resolve("results.json");
    Process jmh =
        new ProcessBuilder(
                java(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes + File.pathSeparator + Receiving.classPath(),
                "org.openjdk.jmh.Main",
                "-f",
                "1",
                "-wi",
                "3",
                "-w",
                "1s",
                "-i",
                Integer.toString(Benchmark.number("seconds", 5)),
                "-r",
                "1s",
                "-bm",
                "avgt",
                "-tu",
                "us",
                "-foe",
                "true",
                "-rf",
                "json",
                "-rff",
                results.toString())
            .inheritIO()
            .start();
    if (jmh.waitFor() != 0) {
      throw new IllegalStateException("JMH has failed");
    }
    Report report = place.report();
    for (JsonNode one : new ObjectMapper().readTree(results.toFile())) {
      String name = one.path("benchmark").asText().replaceFirst(".*\\.(\\w+)Micro\\.", "$1 ");
      report.add(OF, "µs", name, one.path("primaryMetric").path("score").asDouble());
      report.add(OF, "± µs", name, one.path("primaryMetric").path("scoreError").asDouble());
    }
    report.progress(report.table(OF));
  }

  private static void generate(Path sources, Path classes) {
    RFGeneratorSource source = new RFGeneratorSource();
    source.processClasses(
        EventMicro.class,
        BodyMicro.class,
        SignerMicro.class,
        JournalMicro.class,
        DispatchMicro.class);
    FileSystemDestination destination =
        new FileSystemDestination(classes.toFile(), sources.toFile());
    BenchmarkGenerator generator = new BenchmarkGenerator();
    generator.generate(source, destination);
    generator.complete(source, destination);
    if (destination.hasErrors()) {
      throw new IllegalStateException(destination.getErrors().toString());
    }
  }

  private static void compile(Path sources, Path classes) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", Receiving.classPath()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("what JMH has generated does not compile");
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
