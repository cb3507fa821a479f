package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/** A settings directory that is good until a test breaks it. */
public final class SettingsDirectory {

  public static final String SECRET = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5";
  static final String GOOD_RECIPIENT = "url: https://shop.example.com/hook\n";

  public final Path root;
  final Map<String, String> env = new HashMap<>();

  public SettingsDirectory(Path root) {
    this.root = root;
    write("config/source.properties", "database.hostname=localhost\n");
    write(
        "config/entities.yaml",
        "Article:\n  table: public.article\nOrder:\n  table: sales.sales_order\n");
    write("config/recipients/shop.yaml", GOOD_RECIPIENT);
  }

  public SettingsDirectory write(String name, String text) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  SettingsDirectory delete(String name) {
    try {
      Files.delete(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public SettingsDirectory shop(String text) {
    return write("config/recipients/shop.yaml", text);
  }

  public SettingsDirectory entities(String text) {
    return write("config/entities.yaml", text);
  }

  public SettingsDirectory env(String name, String value) {
    env.put(name, value);
    return this;
  }

  public Path config() {
    return root.resolve("config");
  }

  public Path templates() {
    return root.resolve("templates");
  }

  public Settings read() throws SettingsException {
    return Settings.read(config(), templates(), env);
  }

  /** What is wrong, with the directory's own path taken off. */
  public List<String> problems() {
    SettingsException e = catchThrowableOfType(SettingsException.class, this::read);
    assertThat(e).as("settings are refused").isNotNull();
    return e.problems().stream().map(problem -> problem.replace(root + "/", "")).toList();
  }

  /** A test that breaks a good directory in one way and expects one problem, word by word. */
  public static DynamicTest bad(
      Path temp, String name, Consumer<SettingsDirectory> breakIt, String problem) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          SettingsDirectory directory =
              new SettingsDirectory(Files.createTempDirectory(temp, "bad"));
          breakIt.accept(directory);
          assertThat(directory.problems()).containsExactly(problem);
        });
  }
}
