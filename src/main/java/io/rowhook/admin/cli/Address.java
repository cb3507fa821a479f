package io.rowhook.admin.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of the running service a command asks for: a path, and what stands behind the question mark.
 * Immutable.
 *
 * @param text both, percent-encoded
 */
public record Address(String text) {

  /** A path of these parts. */
  public static Address of(String... parts) {
    return new Address(
        Arrays.stream(parts).map(part -> "/" + encoded(part)).collect(Collectors.joining()));
  }

  /** {@code /v1/recipients/shop/...}. */
  public static Address ofRecipient(String recipient, String... parts) {
    return new Address(of("v1", "recipients", recipient).text + of(parts).text);
  }

  /** The same with a parameter; null: without it. */
  public Address with(String name, @Nullable Object value) {
    return value == null
        ? this
        : new Address(
            text
                + (text.contains("?") ? "&" : "?")
                + encoded(name)
                + "="
                + encoded(value.toString()));
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
