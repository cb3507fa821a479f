package io.rowhook.admin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps single messages of libraries out of the log that are no news and sound like a fault, where
 * others of their loggers are to be read. Named in {@code libraries.xml}. Any thread.
 */
public final class LibraryNoise extends TurboFilter {

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable cause) {
    return format != null && isNoise(logger.getName(), format, parameters)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private static boolean isNoise(String logger, String format, Object @Nullable [] parameters) {
    return switch (logger) {
      // Of the temporary slot of a warm-up; of no other, as slot.drop.on.stop is fixed.
      case "io.debezium.connector.postgresql.PostgresConnectorTask" ->
          format.startsWith(
              "Connector has enabled automated replication slot removal upon restart");
      // Of an engine that is stopped while it starts; the next one is told anew where it was.
      case "org.apache.kafka.connect.storage.OffsetStorageReaderImpl" ->
          format.startsWith("Failed to fetch offsets from namespace")
              && parameters != null
              && Arrays.stream(parameters).anyMatch(InterruptedException.class::isInstance);
      default -> false;
    };
  }
}
