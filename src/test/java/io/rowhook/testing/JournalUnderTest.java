package io.rowhook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which journal the product has in tests that do not care: its file alone; or, where the system
 * property {@code rowhook.test.journal} is {@code kafka}, a Kafka behind it. So the same stories
 * are told of both.
 */
public final class JournalUnderTest {

  /** The property's name. */
  public static final String PROPERTY = "rowhook.test.journal";

  private JournalUnderTest() {}

  public static boolean isKafka() {
    return "kafka".equals(System.getProperty(PROPERTY));
  }

  /**
   * Writes into the settings which journal it is; what they say besides stays.
   *
   * @param config the directory of {@code rowhook.yaml}
   * @param journal its file, which tells it from others
   */
  public static void configure(Path config, Path journal) {
    if (!isKafka() || !Files.isDirectory(config)) {
      return;
    }
    Path file = config.resolve("rowhook.yaml");
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      if (!text.contains("journal:")) {
        Files.writeString(
            file,
            text
                + """

                journal: { kafka: { bootstrap.servers: '%s', topic-prefix: '%s' } }
                """
                    .formatted(SharedKafka.servers(), prefix(journal)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String prefix(Path journal) {
    return "t" + Integer.toHexString(journal.toAbsolutePath().normalize().toString().hashCode());
  }
}
