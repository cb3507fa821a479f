package io.rowhook.settings.recipients;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Ed25519;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code authentication} in a recipient's file: none, or HMAC, or one of basic, bearer and
 * OAuth 2.0, or both.
 */
final class AuthenticationParser {

  private static final Setting<Secret> SECRET =
      Setting.required(
              "secret",
              Value.text(RecipientValueParsers::anySecret).secret(),
              "`whsec_` and base64 for `standard`; otherwise any text. Better a reference:"
                  + " `${env:NAME}` or `${file:/path}`")
          .within("`standard`: 24 to 64 bytes");

  private static final Setting<SignatureScheme> STYLE =
      Setting.of(
              "style",
              Value.oneOf(SignatureScheme.class),
              "how the signature is written: [styles](receiving.md#who-has-sent-it)")
          .or(SignatureScheme.standard);

  private static final Setting<String> HEADER =
      Setting.of("header", Value.text(RecipientValueParsers::header), "in which header")
          .within("not with `standard`")
          .without("[the style's](receiving.md#who-has-sent-it)");

  private static final Setting<Algorithm> ALGORITHM =
      Setting.of("algorithm", Value.oneOf(Algorithm.class), "the hash")
          .within("`sha512` with `header` and not with `standard`")
          .or(Algorithm.sha256);

  private static final Setting<String> PREFIX =
      Setting.of(
              "prefix",
              Value.of(RecipientValueParsers::prefix, Map.of("type", "string", "maxLength", 64)),
              "what stands before the signature in `hex` and `base64`; `''` makes plain hex")
          .within("`hex` and `base64` only; 64 characters at most")
          .without("`sha256=` or `sha512=` in `hex`, none in `base64`");

  private static final Setting<Secret> OLD_SECRET =
      Setting.required(
              "secret",
              Value.text(RecipientValueParsers::anySecret).secret(),
              "the secret before; both sign until then")
          .within("as `secret`");

  private static final Setting<Fields> PREVIOUS =
      Setting.of(
          "previous",
          new Mapping(ObjectSetting.of(OLD_SECRET, PreviousSecretParser.UNTIL)),
          "the secret before, which is also signed with until then");

  private static final Setting<Fields> HMAC =
      Setting.of(
          "hmac",
          new Mapping(ObjectSetting.of(SECRET, STYLE, HEADER, ALGORITHM, PREFIX, PREVIOUS)),
          "a signature");

  private static final Setting<String> USERNAME =
      Setting.required(
              "username",
              Value.text(RecipientValueParsers::username),
              "the user, as in RFC 7617, in UTF-8")
          .within("no colon");

  private static final Setting<Secret> PASSWORD =
      Setting.required(
          "password", Value.text(RecipientValueParsers::password).secret(), "the password");

  private static final Setting<Fields> BASIC =
      Setting.of(
          "basic", new Mapping(ObjectSetting.of(USERNAME, PASSWORD)), "a name and a password");

  private static final Setting<Secret> BEARER =
      Setting.of(
              "bearer",
              Value.text(RecipientValueParsers::bearer).secret(),
              "a token, sent as `Authorization: Bearer` (RFC 6750)")
          .within("not beside `basic` or `oauth2`")
          .without("none");

  static final ObjectSetting<Authentication> OBJECT =
      ObjectSetting.<Authentication>empty()
          .with(HMAC, Authentication::hmac)
          .with(Ed25519KeyParser.SETTING, Authentication::ed25519)
          .with(BASIC, Authentication::basic)
          .with(BEARER, Authentication::bearer)
          .with(OAuth2Parser.SETTING, Authentication::oauth2);

  static final Setting<Fields> SETTING =
      Setting.of(
          "authentication",
          new Mapping(OBJECT),
          "none, or `hmac` and `ed25519`, or one of `basic`, `bearer` and `oauth2`, or both");

  private final boolean http;
  private final ParseSession session;

  private AuthenticationParser(boolean http, ParseSession session) {
    this.http = http;
    this.session = session;
  }

  /**
   * Reads it.
   *
   * @param http whether the recipient may be spoken to without TLS
   */
  static Authentication read(Fields recipient, boolean http, ParseSession session) {
    return recipient
        .read(SETTING)
        .map(fields -> new AuthenticationParser(http, session).all(fields))
        .orElse(Authentication.NONE);
  }

  private Authentication all(Fields fields) {
    if (fields.keys().isEmpty()) {
      session
          .problems()
          .add(
              fields.location(),
              "authentication is empty. Add hmac, ed25519, basic, bearer or oauth2, or take"
                  + " authentication out.");
    }
    if (fields.get(BEARER).isPresent() && fields.get(BASIC).isPresent()) {
      fields.problem(
          BEARER,
          "authentication.bearer cannot stand beside basic: both are sent in the header"
              + " Authorization. Take one of them out.");
    }
    Optional<Hmac> hmac = fields.read(HMAC).flatMap(this::hmac);
    Optional<Ed25519> ed25519 = Ed25519KeyParser.read(fields);
    if (ed25519.isPresent() && hmac.filter(AuthenticationParser::takesStandardHeader).isPresent()) {
      fields.problem(
          Ed25519KeyParser.SETTING,
          "authentication.ed25519 is sent in the header Webhook-Signature, which"
              + " authentication.hmac.header names too. Choose another header there.");
    }
    if (fields.get(OAuth2Parser.SETTING).isPresent()
        && (fields.get(BEARER).isPresent() || fields.get(BASIC).isPresent())) {
      fields.problem(
          OAuth2Parser.SETTING,
          "authentication.oauth2 cannot stand beside basic or bearer: all are sent in the header"
              + " Authorization. Take one of them out.");
    }
    return new Authentication(
            hmac,
            fields.read(BASIC).flatMap(this::basic),
            fields.read(BEARER),
            OAuth2Parser.read(fields, http))
        .with(ed25519);
  }

  private Optional<Hmac> hmac(Fields fields) {
    SignatureScheme style = fields.readOrDefault(STYLE);
    ValueParser<Secret> parser =
        style == SignatureScheme.standard
            ? RecipientValueParsers::standardSecret
            : RecipientValueParsers::anySecret;
    Optional<Secret> secret = fields.read(SECRET, parser);
    Optional<String> header = fields.read(HEADER);
    if (header.isPresent() && style == SignatureScheme.standard) {
      fields.problem(
          HEADER,
          "authentication.hmac.header cannot be chosen in style standard, which has "
              + SignatureScheme.standard.defaultHeader()
              + ". Take it out, or write another style.");
    }
    Optional<Previous> previous =
        fields
            .read(PREVIOUS)
            .flatMap(p -> PreviousSecretParser.read(p, p.read(OLD_SECRET, parser)));
    Algorithm algorithm = fields.readOrDefault(ALGORITHM);
    Optional<String> prefix = fields.read(PREFIX);
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

  /** In another style than that which the header is for. */
  private static boolean takesStandardHeader(Hmac hmac) {
    return hmac.style() != SignatureScheme.standard
        && hmac.header().equalsIgnoreCase(SignatureScheme.standard.defaultHeader());
  }

  /** What the style fixes cannot be chosen. */
  private void checkForm(Fields fields, SignatureScheme style, Algorithm algorithm) {
    if (algorithm != Algorithm.sha256 && style == SignatureScheme.standard) {
      fields.problem(
          ALGORITHM,
          "authentication.hmac.algorithm cannot be chosen in style standard, which has sha256."
              + " Take it out, or write another style.");
    } else if (algorithm != Algorithm.sha256
        && style != SignatureScheme.timestamped
        && fields.get(HEADER).isEmpty()) {
      fields.problem(
          ALGORITHM,
          "authentication.hmac.algorithm: sha512 needs a header, since the name "
              + style.defaultHeader()
              + " says SHA-256. Add header with the name that the recipient looks for.");
    }
    if (fields.get(PREFIX).isPresent()
        && style != SignatureScheme.hex
        && style != SignatureScheme.base64) {
      fields.problem(
          PREFIX,
          "authentication.hmac.prefix is for the styles hex and base64 only. Take it out, or write"
              + " one of these.");
    }
  }

  private Optional<Basic> basic(Fields fields) {
    Optional<String> username = fields.read(USERNAME);
    Optional<Secret> password = fields.read(PASSWORD);
    return username.flatMap(u -> password.map(p -> new Basic(u, p)));
  }
}
