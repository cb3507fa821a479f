package io.rowhook.admin.health;

import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.template.Condition;
import io.rowhook.template.TemplateExecutor;
import io.rowhook.template.TemplateExecutor.Quarantined;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How well templates and conditions do. Never waits. One thread. */
public final class TemplateHealth {

  private final SettingsReloader settings;
  private final RenderingWatch renderings;

  TemplateHealth(SettingsReloader settings, RenderingWatch renderings) {
    this.settings = settings;
    this.renderings = renderings;
  }

  /** Templates and conditions that are in force and not run any more. Any thread. */
  public static List<Quarantined> quarantined(List<Recipient> recipients) {
    List<Quarantined> all = TemplateExecutor.quarantined();
    if (all.isEmpty()) {
      return all;
    }
    Set<String> conditions =
        recipients.stream()
            .flatMap(recipient ->
                Stream.concat(
                    recipient.acknowledge().when().stream(),
                    recipient.subscriptions().stream().flatMap(one -> one.when().stream())))
            .map(Condition::key)
            .collect(Collectors.toSet());
    return all.stream()
        .filter(one -> !Condition.isKey(one.key()) || conditions.contains(one.key()))
        .toList();
  }

  void look(Findings found) {
    List<Quarantined> stopped = quarantined(settings.current().recipients());
    int lost = TemplateExecutor.lost();
    Set<String> recipients =
        settings.current().recipients().stream().map(Recipient::name).collect(Collectors.toSet());
    List<RenderingWatch.Failing> failing = renderings.failing(found.now(), recipients);
    if (lost >= TemplateExecutor.MOST_LOST) {
      found.stuck("%d templates run without an end, so none is run any more".formatted(lost));
      found.add(
          Kind.templates,
          State.failing,
          "%d run without an end, so none is run any more: mend those in quarantine, and restart Rowhook"
              .formatted(lost));
    } else if (!stopped.isEmpty()) {
      Quarantined first = stopped.getFirst();
      found.add(
          Kind.templates,
          "",
          State.degraded,
          "%s is in quarantine, because %s, and its deliveries fail: edit it, then rowhook replay --failed%s"
              .formatted(first.name(), first.why(), more(stopped.size() - 1)),
          first.since());
    } else if (!failing.isEmpty()) {
      RenderingWatch.Failing first = failing.getFirst();
      found.add(
          Kind.templates,
          "",
          State.degraded,
          "deliveries of %s to %s fail, as their body cannot be made (%s): edit the template, then rowhook replay %s --from 2h --failed%s"
              .formatted(
                  first.entity(),
                  first.recipient(),
                  first.why(),
                  first.recipient(),
                  more(failing.size() - 1)),
          first.since());
    } else {
      found.add(Kind.templates, State.ok, "they run");
    }
  }

  private static String more(int count) {
    return count == 0 ? "" : "; and " + count + " more";
  }
}
