package io.rowhook.settings.recipients;

import io.rowhook.recipient.OAuth2;
import io.rowhook.recipient.OAuth2.In;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.net.URI;
import java.util.Optional;

/** Reads {@code authentication.oauth2} in a recipient's file: where its access tokens come from. */
final class OAuth2Parser {

  private static final Setting<URI> TOKEN_URL =
      Setting.required(
              "token-url",
              Value.text(RecipientValueParsers.url(false)).shownAs(SecretMask::url),
              "where [tokens](#access-tokens) come from")
          .within("as `url`");

  private static final Setting<String> CLIENT_ID =
      Setting.required("client-id", Value.text(OAuth2Parser::text), "who Rowhook is there");

  private static final Setting<Secret> CLIENT_SECRET =
      Setting.required(
          "client-secret",
          Value.text(RecipientValueParsers::password).secret(),
          "the proof. Better a reference: `${env:NAME}` or `${file:/path}`");

  private static final Setting<In> IN =
      Setting.of(
              "in",
              Value.oneOf(In.class),
              "where both stand in the request for a token: as basic authentication in its `header`,"
                  + " or in its `body`")
          .or(In.header);

  private static final Setting<String> SCOPE =
      Setting.of(
              "scope",
              Value.text(OAuth2Parser::text),
              "what the token is for; several with a space in between")
          .without("what the server thinks");

  private static final Setting<String> AUDIENCE =
      Setting.of(
              "audience", Value.text(OAuth2Parser::text), "for whom, where the server asks for it")
          .without("none");

  static final Setting<Fields> SETTING =
      Setting.of(
          "oauth2",
          new Mapping(ObjectSetting.of(TOKEN_URL, CLIENT_ID, CLIENT_SECRET, IN, SCOPE, AUDIENCE)),
          "where access tokens come from: OAuth 2.0 client credentials");

  private OAuth2Parser() {}

  /**
   * Reads it; empty where something is missing, which is reported.
   *
   * @param http whether the recipient may be spoken to without TLS
   */
  static Optional<OAuth2> read(Fields authentication, boolean http) {
    Optional<Fields> fields = authentication.read(SETTING);
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    Fields own = fields.get();
    Optional<URI> url = own.read(TOKEN_URL, RecipientValueParsers.url(http));
    Optional<String> id = own.read(CLIENT_ID);
    Optional<Secret> secret = own.read(CLIENT_SECRET);
    In in = own.readOrDefault(IN);
    Optional<String> scope = own.read(SCOPE);
    Optional<String> audience = own.read(AUDIENCE);
    return url.isPresent() && id.isPresent() && secret.isPresent()
        ? Optional.of(new OAuth2(url.get(), id.get(), secret.get(), in, scope, audience))
        : Optional.empty();
  }

  private static String text(String value) throws InvalidValueException {
    if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
      throw InvalidValueException.because(
          "must be text without control characters", "Write it as the server's operator has it.");
    }
    return value;
  }
}
