package io.rowhook.admin;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A line of the log as JSON, with slashes as they are: Logback escapes them, which JSON allows, and
 * which makes URLs and paths hard to find. Named in {@code logback.xml}. Any thread.
 */
public final class JsonLogEncoder extends JsonEncoder {

  /** After it a slash is escaped; an escaped backslash may stand before one that is not. */
  private static final Pattern SLASH = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\/");

  @Override
  public byte[] encode(ILoggingEvent event) {
    String line = new String(super.encode(event), StandardCharsets.UTF_8);
    return SLASH.matcher(line).replaceAll("$1/").getBytes(StandardCharsets.UTF_8);
  }
}
