package io.rowhook.admin.check;

import io.rowhook.base.DidYouMean;
import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.SourceInspection;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityShape;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.Condition;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateReads;
import io.rowhook.template.TemplateRegistry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Holds what templates and conditions read against what the entities' events can have: a name that
 * is not there is null in each webhook, which nobody is told at run time. One use.
 */
final class TemplateInspection {

  private static final Set<String> OLD = Set.of("previous", "changed");

  private final SourceInspection source;
  private final List<EntityType> entities;
  private final TemplateRegistry.Loaded sets;
  private final Set<Finding> found = new LinkedHashSet<>();

  TemplateInspection(
      SourceInspection source, List<EntityType> entities, TemplateRegistry.Loaded sets) {
    this.source = source;
    this.entities = entities;
    this.sets = sets;
  }

  /** What there is to be said of the templates and conditions of these. */
  List<Finding> of(List<Recipient> recipients) {
    for (Recipient recipient : recipients) {
      for (int i = 0; i < recipient.subscriptions().size(); i++) {
        Subscription subscription = recipient.subscriptions().get(i);
        for (EntityType entity : entities) {
          if (entity.name().equals(subscription.entity())) {
            look(recipient, i, subscription, entity);
          }
        }
      }
    }
    return List.copyOf(found);
  }

  private void look(Recipient recipient, int index, Subscription subscription, EntityType entity) {
    EntityShape shape = EntityShape.of(entity, source.columns());
    becomes(recipient, index, subscription, entity);
    try {
      Template set =
          TemplateRegistry.find(
              sets, recipient.name(), subscription.entity(), subscription.attributes());
      Set<List<String>> reads = TemplateReads.of(set);
      String place = "jslt-templates/" + set.name();
      missing(place, recipient, entity, shape, reads);
      old(place, recipient, subscription, entity, reads);
      if (subscription.when().isPresent()) {
        String when = "subscriptions[%d].when".formatted(index);
        Set<List<String>> asked =
            TemplateReads.of(Condition.compile(when, subscription.when().get()));
        // what stands at the top of data is an error already, where it is certain
        asked.removeIf(path -> path.size() < 3);
        missing(
            "recipients/%s.yaml: %s".formatted(recipient.name(), when),
            recipient,
            entity,
            shape,
            asked);
      }
    } catch (TemplateException e) {
      found.add(
          Finding.of(
              Severity.error,
              Area.templates,
              "recipients/%s.yaml: subscriptions[%d]: %s"
                  .formatted(recipient.name(), index, e.getMessage()),
              "No webhook of %s can be made for %s".formatted(entity.name(), recipient.name())));
    }
  }

  /** A value that the column's type does not have is never reached. */
  private void becomes(
      Recipient recipient, int index, Subscription subscription, EntityType entity) {
    Map<String, List<String>> labels = source.labels().getOrDefault(entity.table(), Map.of());
    subscription
        .becomes()
        .forEach((attribute, values) -> {
          List<String> its = labels.getOrDefault(attribute, List.of());
          boolean taken =
              entity.references().stream().anyMatch(one -> one.name().equals(attribute));
          for (String value : new TreeSet<>(values)) {
            if (!its.isEmpty() && !taken && !its.contains(value)) {
              found.add(
                  new Finding(
                      values.stream().anyMatch(its::contains) ? Severity.warning : Severity.error,
                      Area.recipients,
                      "recipients/%s.yaml: subscriptions[%d].becomes: %s of %s cannot be '%s', which its type does not have"
                          .formatted(recipient.name(), index, attribute, entity.table(), value),
                      "No webhook of %s is ever sent to %s for that value"
                          .formatted(entity.name(), recipient.name()),
                      DidYouMean.advice(value, its, "It can be")));
            }
          }
        });
  }

  private void missing(
      String place,
      Recipient recipient,
      EntityType entity,
      EntityShape shape,
      Set<List<String>> reads) {
    for (List<String> path : reads) {
      Optional<EntityShape.Missing> missing = shape.missing(path, TemplateReads.ELEMENT);
      if (missing.isEmpty()) {
        continue;
      }
      EntityShape.Missing one = missing.get();
      List<String> upTo = new ArrayList<>(one.parent());
      upTo.add(one.name());
      String where = one.parent().isEmpty() ? "an event" : entity.name() + dotted(one.parent());
      found.add(
          new Finding(
              Severity.warning,
              Area.templates,
              "%s reads %s, but %s has no %s".formatted(place, dotted(upTo), where, one.name()),
              "It is null in each webhook of %s to %s".formatted(entity.name(), recipient.name()),
              one.known().isEmpty()
                  ? "%s is a single value: read it itself".formatted(dotted(one.parent()))
                  : DidYouMean.advice(one.name(), new TreeSet<>(one.known()), "It has")));
    }
  }

  private static String dotted(List<String> path) {
    return path.stream()
        .map(name -> name.equals(TemplateReads.ELEMENT) ? name : "." + name)
        .collect(Collectors.joining());
  }

  /** Old values are known only where the source logs rows whole. */
  private void old(
      String place,
      Recipient recipient,
      Subscription subscription,
      EntityType entity,
      Set<List<String>> reads) {
    Optional<String> read = reads.stream().map(List::getFirst).filter(OLD::contains).findFirst();
    if (read.isEmpty() || !subscription.events().contains(EventType.Updated)) {
      return;
    }
    Set<TableId> its =
        CapturePlan.of(List.of(entity)).stream()
            .map(CapturedTable::table)
            .collect(Collectors.toSet());
    for (TableMetadata table : source.tables()) {
      if (its.contains(table.table()) && !table.logsOldRows()) {
        found.add(
            new Finding(
                Severity.warning,
                Area.templates,
                "%s reads .%s, but table %s does not log old rows"
                    .formatted(place, read.get(), table.table()),
                "It is null in each Updated of %s to %s".formatted(entity.name(), recipient.name()),
                "Run " + table.fullIdentityStatement()));
      }
    }
  }
}
