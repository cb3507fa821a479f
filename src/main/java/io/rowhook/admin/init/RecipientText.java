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
      # recipient. Without subscriptions it gets every event of every entity but Snapshots, in the built-in attribute set
      # "full".

      url: http://127.0.0.1:8080/hooks

      # For this machine only. A real recipient has an https:// address, a secret to sign with, and no such line:
      # authentication: { hmac: { secret: "${env:SHOP_SECRET}" } }
      allow: { http: true, networks: [127.0.0.0/8] }
      """;

  private RecipientText() {}

  static String file(Proposal proposal) {
    StringBuilder text = new StringBuilder(HEAD);
    text.append(
        """

        # With subscriptions it gets what these name and nothing else. Take out the # of what it is to get, and of the line
        # subscriptions: itself. Snapshot is what rowhook resync sends of what is there already.
        # subscriptions:
        """);
    for (Entity entity : proposal.entities()) {
      text.append(
          "#   - { entity: %s, events: [Created, Updated, Deleted, Snapshot] }\n"
              .formatted(entity.name()));
    }
    String states = states(proposal);
    if (!states.isEmpty()) {
      text.append(
          "# Columns with few values were found; with one of these it is told only when such a value is reached:\n");
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
