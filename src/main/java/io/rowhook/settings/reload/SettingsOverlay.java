package io.rowhook.settings.reload;

import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.AdminSettings;
import io.rowhook.settings.ReplicaIdentityCheck;
import io.rowhook.settings.RowhookFileReader;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsReader;
import io.rowhook.settings.SourceProperties;
import io.rowhook.settings.WithdrawnTemplates;
import io.rowhook.settings.recipients.RecipientFilesReader;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateRegistry;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is good in the files, laid over the settings in force: each file for itself, so that a
 * recipient whose file is not good keeps its last good settings, and everybody else's edit is
 * taken. Where the parts would not fit together, the part in force stays:
 *
 * <ul>
 *   <li>an attribute set that a recipient in force names stays as it was last good;
 *   <li>entities stay while a recipient whose own file is not good subscribes to one that would go,
 *       or asks what has changed of one whose tables would not all log that;
 *   <li>the source's properties and the journal stay until the next start; who logs in does not.
 * </ul>
 *
 * <p>Pure.
 */
public final class SettingsOverlay {

  /** Of the source; read anew for each connection. */
  private static final Set<String> CREDENTIALS = Set.of("database.user", "database.password");

  /**
   * Settings that may be put in force.
   *
   * @param problems why some of the files are not in them, beside what is wrong in itself
   * @param conflicts why these entities may not be put in force; empty: they may
   * @param withdrawn by recipient why it is to be paused: its attribute set is gone
   * @param bySource whether the source's tables are a reason for any of them, which may change
   *     without an edit
   */
  public record Result(
      Settings settings,
      List<String> problems,
      List<String> conflicts,
      Map<String, String> withdrawn,
      boolean bySource) {}

  private final Settings inForce;
  private final SettingsReader read;

  public SettingsOverlay(Settings inForce, SettingsReader read) {
    this.inForce = inForce;
    this.read = read;
  }

  /** Entities that are good and not in force. */
  public Optional<List<EntityType>> entities() {
    return read.entities().filter(types -> !types.equals(inForce.entities()));
  }

  /** What takes effect at the next start only, and what is wrong with it: sentences. */
  public List<String> notices() {
    List<String> notices = new ArrayList<>();
    read.source()
        .filter(source -> !fixed(source).equals(fixed(inForce.source())))
        .ifPresent(source -> {
          try {
            SourceConfig.of(source.values(), source.file().toString());
          } catch (SourceException e) {
            notices.addAll(e.problems());
          }
          Set<String> keys = new TreeSet<>(fixed(source).keySet());
          keys.addAll(fixed(inForce.source()).keySet());
          keys.removeIf(
              key -> fixed(source).getOrDefault(key, "").equals(fixed(inForce.source()).get(key)));
          notices.add(
              source.file()
                  + ": "
                  + String.join(", ", keys)
                  + ": the source's properties take effect at the next start. Restart Rowhook");
        });
    read.rowhook()
        .filter(rowhook ->
            !rowhook.journal().equals(inForce.journal())
                || !rowhook.kafka().equals(inForce.kafka()))
        .ifPresent(_ ->
            notices.add("rowhook.yaml: journal takes effect at the next start. Restart Rowhook"));
    read.rowhook()
        .filter(rowhook -> !address(rowhook.admin()).equals(address(inForce.admin())))
        .ifPresent(_ ->
            notices.add(
                "rowhook.yaml: admin.address takes effect at the next start. Restart Rowhook"));
    return notices;
  }

  private static Optional<SocketAddress> address(Optional<AdminSettings> admin) {
    return admin.map(AdminSettings::address);
  }

  /**
   * What can be put in force with these entities.
   *
   * @param facts what the source's catalog says of their tables; asked only if a subscription needs
   *     it
   */
  public Result with(
      List<EntityType> types, Function<List<EntityType>, List<TableMetadata>> facts) {
    Map<String, Template> sets = sets();
    var templates = new WithdrawnTemplates(inForce.sets(), sets.keySet(), read.directory());
    Map<String, Recipient> before = new TreeMap<>();
    inForce.recipients().forEach(recipient -> before.put(recipient.name(), recipient));
    ReplicaIdentityCheck check = new ReplicaIdentityCheck(types, facts);
    List<String> problems = new ArrayList<>();
    Map<String, Recipient> next = new TreeMap<>();
    Map<String, Recipient> kept = new LinkedHashMap<>(read.listed() ? Map.of() : before);
    boolean bySource = false;
    for (RecipientFilesReader.Found found : read.recipients()) {
      Recipient good = found.good().orElse(null);
      if (good != null) {
        List<String> unjudged = check.problems(good);
        List<String> unset = unset(good, sets);
        bySource |= !unjudged.isEmpty();
        problems.addAll(unjudged);
        problems.addAll(unset);
        if (unjudged.isEmpty() && unset.isEmpty()) {
          next.put(found.name(), good);
          kept.remove(found.name());
          continue;
        }
      }
      Recipient last = before.get(found.name());
      if (last != null) {
        kept.put(found.name(), last);
      }
    }
    List<String> conflicts = new ArrayList<>();
    for (Recipient recipient : kept.values()) {
      next.putIfAbsent(recipient.name(), recipient);
      keepSets(recipient, sets);
      List<String> unjudged = check.problems(recipient, changed(types));
      bySource |= !unjudged.isEmpty();
      conflicts.addAll(unjudged);
      missingEntity(recipient, types).ifPresent(conflicts::add);
    }
    Map<String, String> withdrawn = templates.keep(before, next.values(), sets);
    problems.addAll(withdrawn.values());
    return new Result(
        settings(types, List.copyOf(next.values()), new TemplateRegistry.Loaded(sets)),
        problems,
        conflicts,
        withdrawn,
        bySource);
  }

  private Settings settings(
      List<EntityType> types, List<Recipient> recipients, TemplateRegistry.Loaded sets) {
    Map<String, String> values = new LinkedHashMap<>(inForce.source().values());
    read.source()
        .ifPresent(source ->
            CREDENTIALS.forEach(key -> values.compute(key, (_, _) -> source.values().get(key))));
    return new Settings(
        new SourceProperties(inForce.source().file(), values, inForce.source().lines()),
        types,
        recipients,
        inForce.journal(),
        inForce.kafka(),
        read.rowhook().map(RowhookFileReader::retention).orElse(inForce.retention()),
        read.rowhook().map(RowhookFileReader::allowed).orElse(inForce.allowed()),
        read.rowhook().map(RowhookFileReader::proxy).orElse(inForce.proxy()),
        read.rowhook().map(this::admin).orElse(inForce.admin()),
        sets,
        Settings.hashes(sets, read.hashes()));
  }

  /** Another address takes a new start, and its own certificate with it. */
  private Optional<AdminSettings> admin(RowhookFileReader rowhook) {
    return address(rowhook.admin()).equals(address(inForce.admin()))
        ? rowhook.admin()
        : inForce.admin().map(now -> rowhook.admin().map(now::withTokensOf).orElse(now));
  }

  private static Map<String, String> fixed(SourceProperties source) {
    Map<String, String> fixed = new TreeMap<>(source.values());
    fixed.keySet().removeAll(CREDENTIALS);
    return fixed;
  }

  /** Those that are good, and of the others what was last good. */
  private Map<String, Template> sets() {
    Map<String, Template> before = inForce.sets().sets();
    if (read.sets().problems().containsKey("")) {
      return new HashMap<>(before);
    }
    Map<String, Template> sets = new HashMap<>(read.sets().good().sets());
    for (String bad : read.sets().problems().keySet()) {
      Template last = before.get(bad);
      if (last != null) {
        sets.put(bad, last);
      }
    }
    return sets;
  }

  /** Subscriptions whose attribute set there is a file for, which was never good. */
  private List<String> unset(Recipient recipient, Map<String, Template> sets) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < recipient.subscriptions().size(); i++) {
      Subscription subscription = recipient.subscriptions().get(i);
      if (!isThere(recipient, subscription, sets)) {
        problems.add(
            "recipients/%s.yaml: subscriptions[%d].attributes names %s, which is not good. Mend its file in %s"
                .formatted(
                    recipient.name(),
                    i,
                    subscription.attributes().orElse(subscription.entity()),
                    read.directory()));
      }
    }
    return problems;
  }

  private static boolean isThere(
      Recipient recipient, Subscription subscription, Map<String, Template> sets) {
    try {
      TemplateRegistry.find(
          new TemplateRegistry.Loaded(sets),
          recipient.name(),
          subscription.entity(),
          subscription.attributes());
      return true;
    } catch (TemplateException e) {
      return false;
    }
  }

  /** What a recipient in force names does not vanish under it. */
  private void keepSets(Recipient recipient, Map<String, Template> sets) {
    for (Subscription subscription : recipient.subscriptions()) {
      if (!isThere(recipient, subscription, sets)) {
        try {
          Template last =
              TemplateRegistry.find(
                  inForce.sets(),
                  recipient.name(),
                  subscription.entity(),
                  subscription.attributes());
          sets.put(last.name(), last);
        } catch (TemplateException e) {
          // Nor was it there before: its deliveries fail with these words.
        }
      }
    }
  }

  private Set<String> changed(List<EntityType> types) {
    Map<String, EntityType> before =
        inForce.entities().stream().collect(Collectors.toMap(EntityType::name, type -> type));
    return types.stream()
        .filter(type -> !type.equals(before.get(type.name())))
        .map(EntityType::name)
        .collect(Collectors.toSet());
  }

  private Optional<String> missingEntity(Recipient recipient, List<EntityType> types) {
    Set<String> gone =
        inForce.entities().stream().map(EntityType::name).collect(Collectors.toSet());
    types.forEach(type -> gone.remove(type.name()));
    @Nullable String lost =
        recipient.subscriptions().stream()
            .map(Subscription::entity)
            .filter(gone::contains)
            .findFirst()
            .orElse(null);
    return Optional.ofNullable(lost)
        .map(entity ->
            "entities.yaml: %s is gone, but recipients/%s.yaml is not good, and as it was last good it subscribes to %s. Mend that file, or put %s back"
                .formatted(entity, recipient.name(), entity, entity));
  }
}
