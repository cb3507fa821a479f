package io.rowhook.settings.recipients;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Named;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.settings.yaml.YamlNode.Scalar;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads what a recipient's file says about its requests: {@code headers}, and the rest of {@link
 * RequestOptions}.
 */
final class RequestOptionsParser {

  private static final int MAX_HEADERS = 50;

  static final Setting<Fields> HEADERS =
      Setting.of(
              "headers",
              new Named(
                  Value.of(
                          RecipientValueParsers::headerValue,
                          Map.of("type", List.of("string", "number", "boolean")))
                      .secret(),
                  "",
                  1,
                  MAX_HEADERS),
              "headers of its own on every request: `{ X-API-Key: \"${file:/run/secrets/key}\","
                  + " Accept: application/json }`. Every value is treated as a secret")
          .within("values in ASCII; not those that Rowhook or HTTP sets")
          .without("none");

  /** Rowhook's own and HTTP's, beside those that {@link RecipientValueParsers#header} refuses. */
  private static final Set<String> TAKEN =
      Set.of(
          "accept-encoding",
          "expect",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "trailer");

  private static final String AUTHORIZATION = "authorization";

  private final Authentication authentication;
  private final ParseSession session;

  private RequestOptionsParser(Authentication authentication, ParseSession session) {
    this.authentication = authentication;
    this.session = session;
  }

  static RequestOptions read(
      Fields recipient, Authentication authentication, BodyFormat format, ParseSession session) {
    return new RequestOptionsParser(authentication, session).options(recipient, format);
  }

  private RequestOptions options(Fields recipient, BodyFormat format) {
    return new RequestOptions(
        recipient.read(HEADERS).map(this::headers).orElse(Map.of()),
        RequestLineParser.read(recipient),
        BodyKeys.limit(recipient),
        BodyKeys.integers(recipient, format),
        BatchParser.read(recipient, format),
        BodyKeys.unchanged(recipient));
  }

  private Map<String, Secret> headers(Fields fields) {
    if (fields.names().isEmpty() || fields.names().size() > MAX_HEADERS) {
      session
          .problems()
          .add(
              fields.location(),
              "headers must have 1 to "
                  + MAX_HEADERS
                  + " names. Write for example headers: {Accept: application/json}, or take it"
                  + " out.");
    }
    Map<String, Secret> headers = new LinkedHashMap<>();
    Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    fields
        .keys()
        .forEach((name, location) -> {
          Optional<String> wrong = wrongName(name, fields.get(name), seen);
          if (wrong.isPresent()) {
            session.problems().add(location, wrong.get());
          } else {
            seen.add(name);
            fields
                .read(name, RecipientValueParsers::headerValue)
                .ifPresent(v -> headers.put(name, v));
          }
        });
    return headers;
  }

  /** The sentence about a name that cannot be; what is no name is not shown. */
  private Optional<String> wrongName(
      String name, Optional<YamlNode> value, Collection<String> seen) {
    if (!RecipientValueParsers.isToken(name)) {
      boolean glued = value.orElse(null) instanceof Scalar scalar && scalar.nothing();
      return Optional.of(
          "headers has a name that is no HTTP field name: letters, digits and hyphens. "
              + (glued ? "Write a space after the colon." : "Write for example X-API-Key."));
    }
    String key = "headers." + name;
    if (seen.contains(name)) {
      return Optional.of(key + " stands here twice; capitals make no difference. Take one out.");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals(AUTHORIZATION)) {
      return authentication.hasAuthorization()
          ? Optional.of(
              key
                  + " must not stand beside what authentication sends in the same header. Take one"
                  + " of them out.")
          : Optional.empty();
    }
    boolean ours =
        RecipientValueParsers.isTaken(lower)
            || TAKEN.contains(lower)
            || lower.startsWith("webhook-")
            || authentication.hmac().filter(hmac -> isSignature(lower, hmac)).isPresent();
    return ours
        ? Optional.of(key + " must not be a header that Rowhook or HTTP sets itself. Take it out.")
        : Optional.empty();
  }

  private static boolean isSignature(String lower, Hmac hmac) {
    String signature = hmac.header().toLowerCase(Locale.ROOT);
    return lower.equals(signature) || lower.equals(signature + "-previous");
  }
}
