package io.rowhook.admin.cli;

import io.rowhook.journal.Resync;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How many a second: {@code 500/s}, or {@code 500}. */
public final class RateConverter implements ITypeConverter<Long> {

  private static final Pattern RATE = Pattern.compile("([0-9]{1,9})(?:/s)?");

  @Override
  public Long convert(String text) {
    Matcher matcher = RATE.matcher(text);
    long rate = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    if (rate < 1 || rate > Resync.MOST_RATE) {
      throw new TypeConversionException(
          "it is so many a second, from 1 to %d, got: %s. Write for example 500/s"
              .formatted(Resync.MOST_RATE, text));
    }
    return rate;
  }
}
