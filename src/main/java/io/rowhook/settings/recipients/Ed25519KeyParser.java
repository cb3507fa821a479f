package io.rowhook.settings.recipients;

import io.rowhook.recipient.Authentication.Ed25519;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.util.Optional;

/** Reads {@code authentication.ed25519} in a recipient's file. */
final class Ed25519KeyParser {

  private static final Setting<Secret> KEY =
      Setting.required(
              "private-key",
              Value.text(RecipientValueParsers::ed25519Key).secret(),
              "signs as Standard Webhooks' [`v1a`](receiving.md#v1a), beside `hmac` or alone:"
                  + " `whsk_` and base64 of the key, or of the key and its public one")
          .within("32 or 64 bytes");

  private static final Setting<Secret> OLD_KEY =
      Setting.required(
              "private-key",
              Value.text(RecipientValueParsers::ed25519Key).secret(),
              "the key before; both sign until then")
          .within("as `private-key`");

  private static final Setting<Fields> PREVIOUS =
      Setting.of(
          "previous",
          new Mapping(ObjectSetting.of(OLD_KEY, PreviousSecretParser.UNTIL)),
          "the key before, which also signs until then");

  static final Setting<Fields> SETTING =
      Setting.of(
          "ed25519",
          new Mapping(ObjectSetting.of(KEY, PREVIOUS)),
          "a signature that the recipient verifies with a public key");

  private Ed25519KeyParser() {}

  static Optional<Ed25519> read(Fields authentication) {
    return authentication
        .read(SETTING)
        .flatMap(fields -> {
          Optional<Previous> previous =
              fields
                  .read(PREVIOUS)
                  .flatMap(old -> PreviousSecretParser.read(old, old.read(OLD_KEY)));
          return fields.read(KEY).map(key -> new Ed25519(key, previous));
        });
  }
}
