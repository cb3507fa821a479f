package io.rowhook.admin.cli;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells the headers of a request that anyone may read from those that may be credentials: whatever
 * it does not know may be one, as a header of a recipient's own may. Pure.
 *
 * @param signature where the signature is, if not where the styles have it
 */
public record ShownHeaders(String signature) {

  private static final String MASK = "***";

  private static final Pattern KNOWN =
      Pattern.compile(
          "webhook-.*|rowhook-.*|content-.*|accept(-.*)?|user-agent|host|connection|date|prefer"
              + "|traceparent|transfer-encoding|x-hub-signature-256(-previous)?"
              + "|x-webhook-hmac-sha256(-previous)?|x-webhook-signature");

  private static final Set<String> NEVER = Set.of("authorization", "proxy-authorization", "cookie");

  /** The value, or a mask in its place. */
  public String value(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    String own = signature.toLowerCase(Locale.ROOT);
    boolean shown =
        KNOWN.matcher(lower).matches() || lower.equals(own) || lower.equals(own + "-previous");
    return shown && !NEVER.contains(lower) ? value : MASK;
  }
}
