package io.rowhook.settings;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Authentication.Style;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.YamlNode.Fields;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code authentication} in a recipient's file: none, or HMAC, or basic or bearer, or both.
 */
final class AuthenticationKeys {

  private static final YamlKeys ALL = new YamlKeys(List.of(), List.of("hmac", "basic", "bearer"));
  private static final YamlKeys HMAC =
      new YamlKeys(
          List.of("secret"), List.of("style", "header", "algorithm", "prefix", "previous"));
  private static final YamlKeys PREVIOUS = new YamlKeys(List.of("secret", "until"), List.of());
  private static final YamlKeys BASIC = new YamlKeys(List.of("username", "password"), List.of());

  /** By mapping, see {@link RecipientFile#KEYS}. */
  static final Map<String, YamlKeys> KEYS =
      Map.of(
          "authentication", ALL,
          "authentication.hmac", HMAC,
          "authentication.hmac.previous", PREVIOUS,
          "authentication.basic", BASIC);

  private final Reading reading;

  private AuthenticationKeys(Reading reading) {
    this.reading = reading;
  }

  static Authentication read(Fields recipient, Reading reading) {
    return recipient
        .mapping("authentication")
        .map(fields -> new AuthenticationKeys(reading).all(fields))
        .orElse(Authentication.NONE);
  }

  private Authentication all(Fields fields) {
    fields.check(ALL);
    if (fields.keys().isEmpty()) {
      reading
          .problems()
          .add(
              fields.place(),
              "authentication is empty. Add hmac, basic or bearer, or take authentication out.");
    }
    Optional<Place> bearer = fields.get("bearer").map(YamlNode::place);
    if (bearer.isPresent() && fields.get("basic").isPresent()) {
      reading
          .problems()
          .add(
              bearer.get(),
              "authentication.bearer cannot stand beside basic: both are sent in the header"
                  + " Authorization. Take one of them out.");
    }
    return new Authentication(
        fields.mapping("hmac").flatMap(this::hmac),
        fields.mapping("basic").flatMap(this::basic),
        fields.read("bearer", RecipientRules::bearer));
  }

  private Optional<Hmac> hmac(Fields fields) {
    fields.check(HMAC);
    Style style = fields.read("style", Rule.oneOf(Style.class)).orElse(Style.standard);
    Rule<Secret> rule =
        style == Style.standard ? RecipientRules::standardSecret : RecipientRules::anySecret;
    Optional<Secret> secret = fields.read("secret", rule);
    Optional<String> header = fields.read("header", RecipientRules::header);
    if (header.isPresent() && style == Style.standard) {
      Place place = fields.get("header").map(YamlNode::place).orElse(fields.place());
      reading
          .problems()
          .add(
              place,
              "authentication.hmac.header cannot be chosen in style standard, which has "
                  + Style.standard.defaultHeader()
                  + ". Take it out, or write another style.");
    }
    Optional<Previous> previous = fields.mapping("previous").flatMap(p -> previous(p, rule));
    Algorithm algorithm =
        fields.read("algorithm", Rule.oneOf(Algorithm.class)).orElse(Algorithm.sha256);
    Optional<String> prefix = fields.read("prefix", RecipientRules::prefix);
    checkForm(fields, style, algorithm);
    return secret.map(s ->
        new Hmac(
            s,
            style,
            header.orElse(style.defaultHeader()),
            algorithm,
            prefix.orElse(Hmac.defaultPrefix(style, algorithm)),
            previous));
  }

  /** What the style fixes cannot be chosen. */
  private void checkForm(Fields fields, Style style, Algorithm algorithm) {
    if (algorithm != Algorithm.sha256 && style == Style.standard) {
      problem(
          fields,
          "algorithm",
          "authentication.hmac.algorithm cannot be chosen in style standard, which has sha256."
              + " Take it out, or write another style.");
    } else if (algorithm != Algorithm.sha256
        && style != Style.timestamped
        && fields.get("header").isEmpty()) {
      problem(
          fields,
          "algorithm",
          "authentication.hmac.algorithm: sha512 needs a header, since the name "
              + style.defaultHeader()
              + " says SHA-256. Add header with the name that the recipient looks for.");
    }
    if (fields.get("prefix").isPresent() && style != Style.hex && style != Style.base64) {
      problem(
          fields,
          "prefix",
          "authentication.hmac.prefix is for the styles hex and base64 only. Take it out, or write"
              + " one of these.");
    }
  }

  private void problem(Fields fields, String key, String sentence) {
    Place place = fields.get(key).map(YamlNode::place).orElse(fields.place());
    reading.problems().add(place, sentence);
  }

  private Optional<Previous> previous(Fields fields, Rule<Secret> rule) {
    fields.check(PREVIOUS);
    Optional<Secret> secret = fields.read("secret", rule);
    Optional<Instant> until = fields.read("until", RecipientRules::instant);
    return secret.flatMap(s -> until.map(u -> new Previous(s, u)));
  }

  private Optional<Basic> basic(Fields fields) {
    fields.check(BASIC);
    Optional<String> username = fields.read("username", RecipientRules::username);
    Optional<Secret> password = fields.read("password", RecipientRules::password);
    return username.flatMap(u -> password.map(p -> new Basic(u, p)));
  }
}
