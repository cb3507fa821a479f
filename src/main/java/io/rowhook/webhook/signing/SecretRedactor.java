package io.rowhook.webhook.signing;

import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Takes a recipient's secrets out of what it answered, before that is kept: many a server's error
 * page repeats the request's URL, and a receiver for trying out all of its headers. Finds them as
 * they were sent and percent-decoded, not in any other disguise. Pure.
 */
public final class SecretRedactor {

  /** Anything shorter is no secret, and stands in many a word. */
  private static final int SHORTEST = 4;

  /** Of a path: {@code /hooks/erp} may be shown, what follows it may be a token. */
  private static final int SHORTEST_SEGMENT = 12;

  /** Headers of its own whose values are words of everyone's. */
  private static final Set<String> NO_SECRETS =
      Set.of("accept", "accept-charset", "accept-language", "content-language", "prefer");

  private static final List<String> STANDARD_PREFIXES = List.of("whsec_", "whsk_");
  private static final String MASK = "***";

  /** The longest first, so that a part does not spoil the whole. */
  private final List<String> secrets;

  public SecretRedactor(Recipient recipient) {
    Set<String> all = new HashSet<>();
    recipient.authentication().hmac().ifPresent(hmac -> add(all, hmac));
    recipient
        .authentication()
        .ed25519()
        .ifPresent(keys -> {
          add(all, keys.privateKey());
          keys.previous().map(Previous::secret).ifPresent(secret -> add(all, secret));
        });
    recipient.authentication().basic().ifPresent(basic -> add(all, basic));
    recipient.authentication().bearer().ifPresent(bearer -> add(all, bearer));
    recipient.authentication().oauth2().ifPresent(oauth2 -> add(all, oauth2.clientSecret()));
    recipient
        .connection()
        .proxy()
        .flatMap(HttpProxy::credentials)
        .ifPresent(basic -> add(all, basic));
    recipient
        .request()
        .headers()
        .forEach((name, value) -> {
          if (!NO_SECRETS.contains(name.toLowerCase(Locale.ROOT))) {
            addHeader(all, value.reveal());
          }
        });
    add(all, recipient.url());
    secrets =
        all.stream()
            .filter(secret -> secret.length() >= SHORTEST)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** The text without them; also without the beginning of one at its end, where it was cut. */
  public String of(String text) {
    String clean = text;
    for (String secret : secrets) {
      clean = clean.replace(secret, MASK);
    }
    for (String secret : secrets) {
      for (int length = secret.length() - 1; length >= SHORTEST; length--) {
        if (clean.endsWith(secret.substring(0, length))) {
          return clean.substring(0, clean.length() - length) + MASK;
        }
      }
    }
    return clean;
  }

  /** A URL without them: scheme, host and port are none. */
  public URI url(URI url) {
    String root = url.getScheme() + "://" + url.getRawAuthority();
    String rest = url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
    try {
      return URI.create(root + of(rest));
    } catch (IllegalArgumentException e) {
      return URI.create(root); // a mask in the middle of what was percent-encoded
    }
  }

  private static void add(Set<String> all, Hmac hmac) {
    add(all, hmac.secret());
    hmac.previous().map(Previous::secret).ifPresent(secret -> add(all, secret));
  }

  private static void add(Set<String> all, Secret secret) {
    String value = secret.reveal();
    all.add(value);
    for (String prefix : STANDARD_PREFIXES) {
      if (value.startsWith(prefix)) {
        all.add(value.substring(prefix.length()));
      }
    }
  }

  private static void add(Set<String> all, Basic basic) {
    String password = basic.password().reveal();
    all.add(password);
    String pair = basic.username() + ":" + password;
    all.add(Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  /** The whole value, and each longer word: {@code Token abc} has the secret after the blank. */
  private static void addHeader(Set<String> all, String value) {
    all.add(value);
    for (String word : value.split("[ ,;=\"]+", -1)) {
      if (word.length() >= SHORTEST_SEGMENT) {
        all.add(word);
      }
    }
  }

  private static void add(Set<String> all, URI url) {
    if (url.getRawPath() != null) {
      for (String segment : url.getRawPath().split("/", -1)) {
        if (segment.length() >= SHORTEST_SEGMENT) {
          add(all, segment);
        }
      }
    }
    if (url.getRawQuery() != null) {
      for (String parameter : url.getRawQuery().split("&", -1)) {
        add(all, parameter.substring(parameter.indexOf('=') + 1));
      }
    }
  }

  private static void add(Set<String> all, String encoded) {
    all.add(encoded);
    try {
      all.add(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return; // a lone percent sign: nobody can decode it
    }
  }
}
