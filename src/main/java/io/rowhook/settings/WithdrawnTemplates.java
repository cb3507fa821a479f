package io.rowhook.settings;

import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateRegistry;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds the recipients that an attribute set is taken away from. Without its file another one would
 * be chosen, in the end built-in {@code full}, which shows them what they were never to see. Pure.
 */
public final class WithdrawnTemplates {

  private static final String GONE = " is gone, by which recipient ";

  private final TemplateRegistry.Loaded inForce;
  private final Set<String> gone;
  private final Path directory;

  /**
   * @param inForce the sets in force
   * @param read those that there are files for now
   * @param directory of the files, for messages
   */
  public WithdrawnTemplates(TemplateRegistry.Loaded inForce, Set<String> read, Path directory) {
    this.inForce = inForce;
    this.gone = new HashSet<>(inForce.sets().keySet());
    gone.removeAll(read);
    this.directory = directory;
  }

  /**
   * Puts sets back that recipients would get another one in place of.
   *
   * @param before the recipients in force, by name
   * @param next those that are to be in force
   * @param sets what those are to get; sets are put back into it
   * @return by recipient a sentence that says what is gone and what to do
   */
  public Map<String, String> keep(
      Map<String, Recipient> before, Collection<Recipient> next, Map<String, Template> sets) {
    Map<String, String> paused = new TreeMap<>();
    TemplateRegistry.Loaded chosen = new TemplateRegistry.Loaded(sets);
    for (Recipient recipient : next) {
      Recipient last = before.get(recipient.name());
      if (last == null || gone.isEmpty()) {
        continue;
      }
      for (Subscription subscription : recipient.subscriptions()) {
        Optional<Template> old =
            last.subscriptions().stream().anyMatch(one -> asksForTheSame(one, subscription))
                ? find(inForce, recipient, subscription)
                : Optional.empty();
        Optional<Template> now = find(chosen, recipient, subscription);
        if (old.isPresent()
            && gone.contains(old.get().name())
            && now.isPresent()
            && (isOther(old.get(), now.get()) && !isOwn(now.get(), recipient))) {
          sets.put(old.get().name(), old.get());
          paused.putIfAbsent(recipient.name(), sentence(recipient, subscription, old.get()));
        }
      }
    }
    return paused;
  }

  private static boolean asksForTheSame(Subscription one, Subscription other) {
    return one.entity().equals(other.entity()) && one.attributes().equals(other.attributes());
  }

  private static boolean isOther(Template one, Template other) {
    return !one.name().equals(other.name());
  }

  /** Its own set comes before the one for all, and so was written for it. */
  private static boolean isOwn(Template set, Recipient recipient) {
    return set.name().startsWith(recipient.name() + "/");
  }

  private static Optional<Template> find(
      TemplateRegistry.Loaded sets, Recipient recipient, Subscription subscription) {
    try {
      return Optional.of(
          TemplateRegistry.find(
              sets, recipient.name(), subscription.entity(), subscription.attributes()));
    } catch (TemplateException e) {
      return Optional.empty();
    }
  }

  private String sentence(Recipient recipient, Subscription subscription, Template set) {
    return "%s%s%s gets %s. It is paused, so that it gets nothing else. Put the file back, or write what it is to get as attributes (full is the whole event): then it goes on by itself"
        .formatted(directory.resolve(set.name()), GONE, recipient.name(), subscription.entity());
  }

  /** Whether it was for such a reason that a recipient was paused. */
  static boolean isReason(String recipient, String reason) {
    return reason.contains(GONE + recipient + " gets ");
  }

  /**
   * Settings as read at the start, with the sets that were in force when Rowhook was stopped, and
   * that recipients would get another one in place of. {@link SettingsReloader} pauses these, as
   * where the files go while it runs.
   *
   * @param directory of the files
   */
  public static Settings since(SqliteJournal journal, Settings read, Path directory) {
    Map<String, Template> before = TemplateRegistry.lastInForce(journal).sets();
    Map<String, Recipient> known =
        read.recipients().stream().collect(Collectors.toMap(Recipient::name, one -> one));
    known.keySet().retainAll(journal.queries().recipients());
    Map<String, Template> sets = new HashMap<>(read.sets().sets());
    new WithdrawnTemplates(new TemplateRegistry.Loaded(before), sets.keySet(), directory)
        .keep(known, read.recipients(), sets);
    return sets.size() == read.sets().sets().size() ? read : read.withSets(sets);
  }
}
