package io.rowhook.admin.traces;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenTelemetry logs by the JDK's own facade, which would write to standard error beside Rowhook's
 * log. What it says is shown where someone asks for DEBUG; what matters is said by {@link
 * SpanLosses}.
 */
final class LibraryLog extends Handler {

  /** The JDK forgets a logger's settings with the last reference to it. */
  private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

  private final org.slf4j.Logger log = LoggerFactory.getLogger(LibraryLog.class);

  private LibraryLog() {}

  /** Takes over. Again, it does nothing. */
  static synchronized void divert() {
    if (LIBRARY.getUseParentHandlers()) {
      LIBRARY.setUseParentHandlers(false);
      LIBRARY.addHandler(new LibraryLog());
    }
  }

  @Override
  public void publish(LogRecord said) {
    if (said.getLevel().intValue() >= Level.INFO.intValue()) {
      log.debug(said.getMessage(), said.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
