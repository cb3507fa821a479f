package io.rowhook.admin.check;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.EntityRelations;
import io.rowhook.entity.EntityRelations.Relation;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Looks whether {@code order: references} has something to order by: whether what a recipient
 * subscribes to names something else that it subscribes to. Pure; any thread.
 */
final class ReferencesInspection {

  private ReferencesInspection() {}

  /**
   * @param tables what is known of captured tables; of an entity that others are part of nothing is
   *     said
   */
  static List<Finding> of(
      List<Recipient> recipients, List<EntityType> entities, List<TableMetadata> tables) {
    List<Finding> found = new ArrayList<>();
    Optional<EntityRelations> relations = EntityRelations.of(entities, tables);
    for (Recipient recipient : recipients) {
      if (recipient.processing().order() == DeliveryOrder.references) {
        relations.ifPresent(all -> look(recipient, all.byEntity(), found));
      }
    }
    return found;
  }

  private static void look(
      Recipient recipient, Map<String, Relation> relations, List<Finding> found) {
    Set<String> wanted =
        recipient.subscriptions().stream()
            .map(Subscription::entity)
            .filter(relations::containsKey)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean isAny = false;
    for (String entity : wanted) {
      Relation relation = of(relations, entity);
      isAny |= relation.named().stream().anyMatch(wanted::contains);
      for (String other : new TreeSet<>(relation.unknown())) {
        if (wanted.contains(other) && !relation.named().contains(other)) {
          found.add(
              new Finding(
                  Severity.warning,
                  Area.recipients,
                  "recipients/%s.yaml: order: references does not see which %s an %s names: its rows name it by other columns than %s, which %s is known by"
                      .formatted(
                          recipient.name(),
                          other,
                          entity,
                          String.join(", ", of(relations, other).id()),
                          other),
                  "One of %s can come before the %s that it names".formatted(entity, other),
                  "Let %s have the columns as id in entities.yaml that %s names it by, or send everything in order: processing: sequential"
                      .formatted(other, entity)));
        }
      }
    }
    if (!isAny) {
      found.add(
          new Finding(
              Severity.warning,
              Area.recipients,
              "recipients/%s.yaml: order: references has nothing to order by: nothing that it subscribes to names another entity that it subscribes to"
                  .formatted(recipient.name()),
              "What it is sent is in the order of each entity alone",
              "Subscribe it to the entity that is named, or let refers in entities.yaml say what names it; or take order out"));
    }
  }

  private static Relation of(Map<String, Relation> relations, String entity) {
    return Objects.requireNonNull(relations.get(entity));
  }
}
