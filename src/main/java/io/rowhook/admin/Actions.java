package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryAdmin;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalQueries;
import io.rowhook.journal.JournalQueries.Exceptions;
import io.rowhook.journal.Pause;
import io.rowhook.journal.RemovedRecipients;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.SubscriptionMatcher;
import io.rowhook.webhook.TestDelivery;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What commands change: each {@link Action} that is more than looking. */
final class Actions {

  /** A replay of more wants a {@code --yes}. */
  static final int ASKED_ABOVE = 100;

  /** The state of what was never attempted. */
  private static final String PENDING = "pending";

  private final Office office;
  private final DeliveryAdmin deliveryAdmin;

  private Actions(Office office) {
    this.office = office;
    this.deliveryAdmin = office.journal().deliveryAdmin();
  }

  /** All of them, by the last part of their address. */
  static Map<String, Action> of(Office office) {
    Actions actions = new Actions(office);
    Views views = new Views(office);
    Map<String, Action> all = new HashMap<>();
    all.put("test", actions::test);
    all.putAll(
        Map.of(
            "status", _ -> new ServiceStatus(office).json(),
            "deliveries", views::deliveries,
            "delivery", views::delivery,
            "event", views::event,
            "redeliver", actions::redeliver,
            "replay", actions::replay,
            "discard", actions::discard,
            "forget", actions::forget,
            "pause", actions::pause,
            "resume", actions::resume));
    return Map.copyOf(all);
  }

  private JsonNode redeliver(Asked asked) throws DeliveryAdminException, InterruptedException {
    String recipient = served(asked).name();
    JournalEntry entry = event(office, asked.text("event"));
    deliveryAdmin.redeliver(recipient, entry.sequence(), Instant.now());
    office.dispatchers().ledgerChanged(recipient);
    return done(1).put("event", entry.event().id()).put("sequence", entry.sequence());
  }

  private JsonNode replay(Asked asked) throws DeliveryAdminException, InterruptedException {
    Recipient recipient = served(asked);
    DeliveryFilter filter = asked.filter();
    boolean failed = asked.is("failed");
    String name = recipient.name();
    Predicate<Event> wanted = SubscriptionMatcher.of(recipient, office.templates())::wants;
    boolean yes = asked.is("yes");
    long count = deliveryAdmin.replay(name, filter, failed, wanted, yes);
    if (count == 0 || (count > ASKED_ABOVE && !yes)) {
      return undone(count);
    }
    if (!yes) {
      count = deliveryAdmin.replay(name, filter, failed, wanted, true);
    }
    office.dispatchers().ledgerChanged(name);
    return done(count);
  }

  private JsonNode discard(Asked asked) throws DeliveryAdminException, InterruptedException {
    String recipient = known(asked);
    Optional<String> event = asked.optional("event");
    long count = 1;
    if (event.isPresent()) {
      deliveryAdmin.discard(recipient, event(office, event.get()).sequence());
    } else {
      boolean yes = asked.is("yes");
      count = discard(asked, recipient, yes);
      if (count == 0 || !yes) {
        return undone(count);
      }
    }
    office.dispatchers().ledgerChanged(recipient);
    return done(count);
  }

  private long discard(Asked asked, String recipient, boolean yes)
      throws DeliveryAdminException, InterruptedException {
    Set<Exceptions> states = states(asked);
    long count =
        states.isEmpty() ? 0 : deliveryAdmin.discard(recipient, asked.filter(), states, yes);
    if (isPending(asked)) {
      Predicate<Event> wanted = SubscriptionMatcher.of(served(asked), office.templates())::wants;
      count += deliveryAdmin.discardPending(recipient, asked.filter(), wanted, yes);
    }
    return count;
  }

  /** Forgets a recipient that has no file. */
  private JsonNode forget(Asked asked) throws DeliveryAdminException, InterruptedException {
    String name = known(asked);
    boolean hasFile = office.recipients().get().stream().anyMatch(one -> one.name().equals(name));
    if (hasFile) {
      throw new DeliveryAdminException(
          "recipient "
              + name
              + " has a file, and a recipient that has one is not forgotten: remove recipients/"
              + name
              + ".yaml first");
    }
    if (office.dispatchers().statuses().stream().anyMatch(one -> one.recipient().equals(name))) {
      throw new DeliveryAdminException(
          "recipient "
              + name
              + " is only just being taken out of service; ask again in some seconds");
    }
    JournalQueries.Standing dropped =
        new RemovedRecipients(office.journal())
            .standing(name)
            .orElseThrow(
                () -> new DeliveryAdminException("recipient " + name + " is forgotten already"));
    boolean yes = asked.is("yes");
    if (yes) {
      deliveryAdmin.forget(name);
    }
    return (yes ? done(1) : undone(1)).put("dropped", RemovedRecipients.inWords(dropped));
  }

  private JsonNode pause(Asked asked) throws DeliveryAdminException, InterruptedException {
    String reason = asked.optional("reason").orElse("no reason was given");
    if (asked.is("all")) {
      boolean set = deliveryAdmin.setKillSwitch(reason, Instant.now());
      office.dispatchers().ledgersChanged();
      return done(set ? 1 : 0);
    }
    String recipient = served(asked).name();
    boolean paused = deliveryAdmin.pause(recipient, reason, Instant.now());
    office.dispatchers().ledgerChanged(recipient);
    return done(paused ? 1 : 0);
  }

  private JsonNode resume(Asked asked) throws DeliveryAdminException, InterruptedException {
    if (asked.is("all")) {
      boolean cleared = deliveryAdmin.clearKillSwitch();
      office.dispatchers().ledgersChanged();
      return done(cleared ? 1 : 0);
    }
    String recipient = known(asked);
    boolean resumed = deliveryAdmin.resume(recipient, Instant.now());
    office.dispatchers().ledgerChanged(recipient);
    return done(resumed ? 1 : 0);
  }

  private JsonNode test(Asked asked) throws DeliveryAdminException, InterruptedException {
    Recipient recipient = served(asked);
    Optional<Pause> killSwitch = office.journal().killSwitch();
    if (killSwitch.isPresent()) {
      throw new DeliveryAdminException(
          "the kill switch is set ("
              + killSwitch.get().reason()
              + "): nothing is sent, not even a test. rowhook resume --all clears it");
    }
    TestDelivery sample =
        office
            .samples()
            .apply(recipient.name())
            .orElseThrow(() ->
                new DeliveryAdminException(
                    "recipient "
                        + recipient.name()
                        + " is only just being taken into service; ask again in a second"));
    return SampleView.json(sample, recipient);
  }

  /** A recipient that has a file: nothing is sent to others. */
  private Recipient served(Asked asked) throws DeliveryAdminException {
    String name = asked.text("recipient");
    List<Recipient> all = office.recipients().get();
    Optional<Recipient> found = all.stream().filter(one -> one.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      throw unknown(name, all.stream().map(Recipient::name).toList());
    }
    return found.get();
  }

  /** A recipient that the journal knows, with a file or without. */
  private String known(Asked asked) throws DeliveryAdminException {
    return known(office, asked.text("recipient"));
  }

  static String known(Office office, String name) throws DeliveryAdminException {
    List<String> names = office.journal().queries().recipients();
    if (!names.contains(name)) {
      throw unknown(name, names);
    }
    return name;
  }

  private static DeliveryAdminException unknown(String name, List<String> names) {
    return new DeliveryAdminException(
        "there is no recipient '"
            + name
            + "'. "
            + (names.isEmpty()
                ? "There are none yet."
                : DidYouMean.advice(name, names, "There are")));
  }

  static JournalEntry event(Office office, String idOrSequence) throws DeliveryAdminException {
    return office
        .journal()
        .queries()
        .event(idOrSequence)
        .orElseThrow(() ->
            new DeliveryAdminException(
                "there is no event '"
                    + idOrSequence
                    + "' in the journal, or not any more: give its id (evt_...) or its sequence,"
                    + " as rowhook deliveries shows them"));
  }

  private static Set<Exceptions> states(Asked asked) throws DeliveryAdminException {
    Set<Exceptions> states = EnumSet.noneOf(Exceptions.class);
    for (JsonNode state : asked.json().path("states")) {
      switch (state.asText()) {
        case "waiting" -> states.add(Exceptions.WAITING);
        case "blocked" -> states.add(Exceptions.BLOCKED);
        case "failed" -> states.add(Exceptions.FAILED);
        case PENDING -> {}
        default -> throw new DeliveryAdminException("no state to discard: " + state.asText());
      }
    }
    return states.isEmpty() && !isPending(asked) ? EnumSet.allOf(Exceptions.class) : states;
  }

  private static boolean isPending(Asked asked) {
    for (JsonNode state : asked.json().path("states")) {
      if (state.asText().equals(PENDING)) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode done(long count) {
    return Json.MAPPER.createObjectNode().put("done", true).put("count", count);
  }

  private static ObjectNode undone(long count) {
    return Json.MAPPER.createObjectNode().put("done", false).put("count", count);
  }
}
