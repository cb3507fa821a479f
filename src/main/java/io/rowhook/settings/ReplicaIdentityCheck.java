package io.rowhook.settings;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.recipients.AttributeNamesCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds recipients against the source: a subscription that asks what has changed can be judged only
 * where the source logs a row's old state whole, and attributes that it names must be there.
 * Otherwise it would be silent for good, which nobody would notice. Asked at the start and at each
 * edit. One thread.
 */
public final class ReplicaIdentityCheck {

  private final List<EntityType> types;
  private final Function<List<EntityType>, List<TableMetadata>> catalog;
  private @Nullable List<TableMetadata> facts;

  /**
   * @param types entities that the recipients may subscribe to
   * @param catalog what the source's catalog says now of the tables of these; asked once, and only
   *     if a subscription needs it
   */
  public ReplicaIdentityCheck(
      List<EntityType> types, Function<List<EntityType>, List<TableMetadata>> catalog) {
    this.types = List.copyOf(types);
    this.catalog = catalog;
  }

  /** The subscriptions that cannot be judged, each a sentence with the statement that mends it. */
  public List<String> problems(Recipient recipient) {
    return problems(recipient, types.stream().map(EntityType::name).collect(Collectors.toSet()));
  }

  /** The same, of these entities only. */
  public List<String> problems(Recipient recipient, Set<String> entities) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < recipient.subscriptions().size(); i++) {
      Subscription subscription = recipient.subscriptions().get(i);
      Optional<String> key = subscription.needingOldValues();
      boolean names = AttributeNamesCheck.isNeeded(subscription, path(recipient, subscription));
      if ((key.isEmpty() && !names) || !entities.contains(subscription.entity())) {
        continue;
      }
      Optional<String> computed = computed(recipient, i, subscription);
      computed.ifPresent(problems::add);
      if (names && computed.isEmpty()) {
        problems.addAll(misspelt(recipient, i, subscription));
      }
      if (key.isEmpty()) {
        continue;
      }
      for (TableMetadata table : tables(subscription.entity())) {
        if (!table.logsOldRows()) {
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
    return problems;
  }

  /** A column that PostgreSQL computes is in no event, so it never changes there. */
  private Optional<String> computed(Recipient recipient, int index, Subscription subscription) {
    return root(subscription.entity()).stream()
        .flatMap(table -> table.generatedColumns().stream())
        .flatMap(column -> {
          Optional<String> key =
              subscription.changed().contains(column)
                  ? Optional.of("changed")
                  : Optional.of("becomes").filter(_ -> subscription.becomes().containsKey(column));
          return key.stream()
              .map(k ->
                  "recipients/%s.yaml: subscriptions[%d].%s names %s, which PostgreSQL computes (generated): it is not in the log, so in no event. Name the columns that it is computed from"
                      .formatted(recipient.name(), index, k, column));
        })
        .findFirst();
  }

  private static Optional<PathTemplate> path(Recipient recipient, Subscription subscription) {
    return subscription.line().path().or(() -> recipient.request().line().path());
  }

  /** Nothing can be said of an entity whose table the source does not show. */
  private List<String> misspelt(Recipient recipient, int index, Subscription subscription) {
    Set<String> known = new TreeSet<>();
    for (EntityType type : types) {
      if (type.name().equals(subscription.entity())) {
        root(type.name()).stream()
            .flatMap(table -> table.columns().stream())
            .filter(type.attributes()::test)
            .forEach(known::add);
        if (!known.isEmpty()) {
          type.parts().forEach(part -> known.add(part.name()));
          type.references().forEach(reference -> known.add(reference.name()));
        }
      }
    }
    return known.isEmpty()
        ? List.of()
        : AttributeNamesCheck.problems(
            "recipients/%s.yaml: subscriptions[%d]".formatted(recipient.name(), index),
            subscription,
            path(recipient, subscription),
            known);
  }

  private List<TableMetadata> root(String entity) {
    Set<TableId> roots =
        types.stream()
            .filter(type -> type.name().equals(entity))
            .map(EntityType::table)
            .collect(Collectors.toSet());
    return tables(entity).stream().filter(table -> roots.contains(table.table())).toList();
  }

  /** Those that an entity and its parts stand in. */
  private List<TableMetadata> tables(String entity) {
    List<TableMetadata> all = facts;
    if (all == null) {
      all = catalog.apply(types);
      facts = all;
    }
    Set<TableId> its =
        CapturePlan.of(types.stream().filter(type -> type.name().equals(entity)).toList()).stream()
            .map(CapturedTable::table)
            .collect(Collectors.toSet());
    return all.stream().filter(table -> its.contains(table.table())).toList();
  }
}
