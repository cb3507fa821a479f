package io.rowhook.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Classes as the product ships them: in jars, which alone can go into an archive of the JVM's. */
public final class Jars {

  private Jars() {}

  /** The same class path with its directories as jars, which are made where they are not yet. */
  public static String of(String classPath, Path place) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      entries.add(Files.isDirectory(path) ? jar(path, place).toString() : entry);
    }
    return String.join(File.pathSeparator, entries);
  }

  /**
   * One class alone; made anew only if it has changed, as such an archive goes by the file's age.
   */
  public static Path of(Class<?> type, Path place) {
    String name = type.getName().replace('.', '/') + ".class";
    Path jar = place.resolve(type.getSimpleName() + ".jar").toAbsolutePath();
    try (InputStream in = type.getResourceAsStream("/" + name)) {
      byte[] compiled = Objects.requireNonNull(in, name).readAllBytes();
      if (Files.exists(jar) && Arrays.equals(compiled, entry(jar, name))) {
        return jar;
      }
      Path made = Files.createTempFile(place, type.getSimpleName(), ".tmp");
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
        out.putNextEntry(new JarEntry(name));
        out.write(compiled);
        out.closeEntry();
      }
      return Files.move(made, jar, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] entry(Path jar, String name) throws IOException {
    try (JarFile file = new JarFile(jar.toFile());
        InputStream in = file.getInputStream(file.getEntry(name))) {
      return in.readAllBytes();
    }
  }

  private static Path jar(Path classes, Path place) {
    Path jar = place.resolve(classes.getFileName() + ".jar").toAbsolutePath();
    if (Files.exists(jar)) {
      return jar;
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jar;
  }
}
