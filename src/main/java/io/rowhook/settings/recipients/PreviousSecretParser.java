package io.rowhook.settings.recipients;

import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.time.Instant;
import java.util.Optional;

/** Reads what every {@code previous} in a recipient's file has: until when it holds. */
final class PreviousSecretParser {

  static final Setting<Instant> UNTIL =
      Setting.required("until", Value.text(RecipientValueParsers::instant), "until when")
          .within("a time with its offset, `2026-12-01T00:00:00Z`");

  private PreviousSecretParser() {}

  /** Reads {@link #UNTIL}; what is wrong with either is noted by whoever reads it. */
  static Optional<Previous> read(Fields fields, Optional<Secret> secret) {
    Optional<Instant> until = fields.read(UNTIL);
    return secret.flatMap(known -> until.map(time -> new Previous(known, time)));
  }
}
