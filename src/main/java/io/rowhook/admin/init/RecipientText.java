package io.rowhook.admin.init;

import io.rowhook.admin.init.Proposal.Entity;
import io.rowhook.capture.SourceCatalog.Column;
import java.util.Locale;

/**
 * The first recipient: {@code rowhook receive} on this machine, with subscriptions to choose from.
 */
final class RecipientText {

  private static final String HEAD =
      """
      # A recipient for trying out: rowhook receive, on this machine, prints what it is sent. One file here is one
      # recipient. Without subscriptions it gets every event of every entity, in the built-in attribute set "full".

      url: http://127.0.0.1:8080/hooks

      # For this machine only. A real recipient has an https:// address, a secret to sign with, and no such line:
      # authentication: { hmac: { secret: "${env:SHOP_SECRET}" } }
      allow: { http: true, networks: [127.0.0.0/8] }
      """;

  private RecipientText() {}

  static String file(Proposal proposal) {
    StringBuilder text = new StringBuilder(HEAD);
    String states = states(proposal);
    if (!states.isEmpty()) {
      text.append(
          """

          # Columns with few values were found. Take out the # of a subscription to be told only when one is reached:
          # subscriptions:
          """);
      text.append(states);
    }
    return text.toString();
  }

  private static String states(Proposal proposal) {
    StringBuilder text = new StringBuilder();
    for (Entity entity : proposal.entities()) {
      for (Column column : entity.states()) {
        for (String value : column.values()) {
          if (value.matches("\\P{Cntrl}+") && !value.contains("${")) {
            text.append(
                "#   - { entity: %s, becomes: { %s: %s }, topic: %s }\n"
                    .formatted(
                        entity.name(),
                        YamlText.of(column.name()),
                        YamlText.of(value),
                        topic(entity, value)));
          }
        }
      }
    }
    return text.toString();
  }

  private static String topic(Entity entity, String value) {
    String end = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return YamlText.of(entity.name().toLowerCase(Locale.ROOT) + "." + (end.isEmpty() ? "x" : end));
  }
}
