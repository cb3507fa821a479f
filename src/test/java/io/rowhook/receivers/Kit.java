package io.rowhook.receivers;

import io.rowhook.testing.NpmPackages;
import io.rowhook.testing.SourceDatabase;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The kit of one language, for one kind of database. */
public enum Kit {
  JAVA_POSTGRES("java", "java"),
  NODE_POSTGRES("node", "node"),
  /** With npm's own {@code pg}. */
  NODE_NPM("node", "node"),
  PYTHON_POSTGRES("python", "python3"),
  PYTHON_SQLITE("python", "python3");

  private static final Path SOURCES = Path.of("src", "examples", "receivers");

  /** As much of npm's {@code pg} as the receiver uses. */
  private static final Path OWN_PG = Path.of("src", "test", "resources", "receivers", "pg");

  private final String language;
  private final String interpreter;

  Kit(String language, String interpreter) {
    this.language = language;
    this.interpreter = interpreter;
  }

  /** Whether its interpreter is here, and what that needs for the database. Java always is. */
  public boolean isHere() {
    return switch (this) {
      case JAVA_POSTGRES -> true;
      case NODE_POSTGRES, PYTHON_SQLITE -> isOnThePath();
      case NODE_NPM -> isOnThePath() && Files.isDirectory(NpmPackages.INSTALLED.resolve("pg"));
      case PYTHON_POSTGRES -> isOnThePath() && ends(interpreter, "-c", "import psycopg");
    };
  }

  /** Those that {@link #isHere}; with {@code -Dkit.only=NODE} whose name begins so. */
  public static Stream<Kit> here() {
    return Arrays.stream(values())
        .filter(kit -> kit.name().startsWith(System.getProperty("kit.only", "")))
        .filter(Kit::isHere);
  }

  /**
   * What starts a program of its own language beside the kit's files.
   *
   * @param directory where the files are copied to, and compiled
   * @param program {@code receiver} with its ending, or another file that is there
   */
  List<String> command(Path directory, String program) throws IOException {
    if (!language.equals("java")) {
      return List.of(interpreter, directory.resolve(program).toString());
    }
    List<String> files = new ArrayList<>(List.of("-proc:none", "-d", directory.toString()));
    try (Stream<Path> sources = Files.list(directory)) {
      sources.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(files::add);
    }
    int status =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, files.toArray(String[]::new));
    if (status != 0) {
      throw new AssertionError("the kit for Java is not compiled: " + files);
    }
    return List.of(
        java(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx128m",
        "-cp",
        directory + File.pathSeparator + drivers(),
        program.replace(".java", ""));
  }

  /** The command as its documentation has it: from the sources, and compiled by the way. */
  List<String> documented(Path directory) throws IOException {
    return language.equals("java")
        ? List.of(java(), "-cp", drivers(), directory.resolve("Receiver.java").toString())
        : command(directory, receiver());
  }

  /** Copies the kit's files, and for Node what they import. */
  Path copyTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.list(SOURCES.resolve(language))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    if (this == NODE_NPM) {
      Files.createSymbolicLink(
          directory.resolve("node_modules"), NpmPackages.INSTALLED.toAbsolutePath());
    } else if (language.equals("node")) {
      Path pg = Files.createDirectories(directory.resolve("node_modules/pg"));
      for (String file : List.of("package.json", "index.js")) {
        Files.copy(OWN_PG.resolve(file), pg.resolve(file));
      }
    }
    return directory;
  }

  String receiver() {
    return switch (language) {
      case "java" -> "Receiver.java";
      case "node" -> "receiver.mjs";
      default -> "receiver.py";
    };
  }

  /** The {@code DATABASE} of its receiver. */
  String database(SourceDatabase source, Path directory) {
    String place = source.host() + ":" + source.port() + "/" + source.database();
    return switch (this) {
      case JAVA_POSTGRES -> "jdbc:postgresql://" + place + "?user=" + source.user();
      case NODE_POSTGRES, NODE_NPM, PYTHON_POSTGRES ->
          "postgresql://" + source.user() + "@" + place;
      case PYTHON_SQLITE -> directory.resolve("receiver.db").toString();
    };
  }

  /** The same database, for who looks into it. */
  String jdbcUrl(SourceDatabase source, Path directory) {
    return this == PYTHON_SQLITE
        ? "jdbc:sqlite:" + directory.resolve("receiver.db")
        : source.jdbcUrl() + "?user=" + source.user();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String drivers() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Path.of(entry).getFileName().toString().startsWith("postgresql-"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private boolean isOnThePath() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory).resolve(interpreter))
        .anyMatch(Files::isExecutable);
  }

  private static boolean ends(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
