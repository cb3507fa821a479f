package io.rowhook.admin.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A moment on the command line: a time with its offset, or how long ago: {@code 2h}. */
public final class TimeConverter implements ITypeConverter<Instant> {

  private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

  @Override
  public Instant convert(String text) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long number = Long.parseLong(ago.group(1));
      return Instant.now()
          .minus(
              switch (ago.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
              });
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new TypeConversionException(
          "a time is 2026-05-24T15:20:44Z, or how long ago: 30s, 10m, 2h, 5d; got: '" + text + "'");
    }
  }
}
