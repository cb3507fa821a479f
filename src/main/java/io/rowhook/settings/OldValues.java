package io.rowhook.settings;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.TableFacts;
import io.rowhook.capture.TableFacts.ReplicaIdentity;
import io.rowhook.capture.TableId;
import io.rowhook.entity.CapturedTables;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds the settings against the source: a subscription that asks what has changed can be judged
 * only where the source logs a row's old state whole. Otherwise it would be silent for good, which
 * nobody would notice. Asked at the start and at each edit. Pure.
 */
public final class OldValues {

  private OldValues() {}

  /** Whether any subscription asks for them, so that the source has to be looked at. */
  public static boolean areNeeded(Settings settings) {
    return settings.recipients().stream()
        .flatMap(recipient -> recipient.subscriptions().stream())
        .anyMatch(subscription -> subscription.needingOldValues().isPresent());
  }

  /**
   * The subscriptions that cannot be judged, each a sentence with the statement that mends it.
   *
   * @param tables what the source's catalog says now
   */
  public static List<String> problems(Settings settings, List<TableFacts> tables) {
    List<String> problems = new ArrayList<>();
    for (Recipient recipient : settings.recipients()) {
      for (int i = 0; i < recipient.subscriptions().size(); i++) {
        Subscription subscription = recipient.subscriptions().get(i);
        Optional<String> key = subscription.needingOldValues();
        if (key.isEmpty()) {
          continue;
        }
        for (TableFacts table : tables(settings, subscription.entity(), tables)) {
          if (table.identity() != ReplicaIdentity.FULL) {
            problems.add(
                "recipients/%s.yaml: subscriptions[%d].%s asks what has changed of %s, but table %s does not log old rows. Run %s"
                    .formatted(
                        recipient.name(),
                        i,
                        key.get(),
                        subscription.entity(),
                        table.table(),
                        table.fullIdentityStatement()));
          }
        }
      }
    }
    return problems;
  }

  /** Those that an entity and its parts stand in. */
  private static List<TableFacts> tables(
      Settings settings, String entity, List<TableFacts> tables) {
    Set<TableId> its =
        CapturedTables.of(
                settings.entities().stream().filter(type -> type.name().equals(entity)).toList())
            .stream()
            .map(CapturedTable::table)
            .collect(Collectors.toSet());
    return tables.stream().filter(table -> its.contains(table.table())).toList();
  }
}
