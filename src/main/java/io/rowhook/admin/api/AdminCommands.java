package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.ServiceStatus;
import io.rowhook.admin.preview.SampleView;
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

/** What commands change: each {@link AdminAction} that is more than looking. */
public final class AdminCommands {

  /** A replay of more wants a {@code --yes}. */
  public static final int ASKED_ABOVE = 100;

  /** The state of what was never attempted. */
  private static final String PENDING = "pending";

  private final RunningService service;
  private final DeliveryAdmin deliveryAdmin;

  private AdminCommands(RunningService service) {
    this.service = service;
    this.deliveryAdmin = service.journal().deliveryAdmin();
  }

  /** All of them, by the last part of their address. */
  public static Map<String, AdminAction> of(RunningService service) {
    AdminCommands commands = new AdminCommands(service);
    AdminQueries queries = new AdminQueries(service);
    Map<String, AdminAction> all = new HashMap<>();
    all.put("test", commands::test);
    all.put("resync", request -> service.resyncs().begin(commands.served(request), request));
    all.put("resyncs", service.resyncs()::list);
    all.put("resync-cancel", service.resyncs()::cancel);
    all.putAll(
        Map.of(
            "status", _ -> new ServiceStatus(service).json(),
            "deliveries", queries::deliveries,
            "delivery", queries::delivery,
            "event", queries::event,
            "redeliver", commands::redeliver,
            "replay", commands::replay,
            "discard", commands::discard,
            "forget", commands::forget,
            "pause", commands::pause,
            "resume", commands::resume));
    return Map.copyOf(all);
  }

  private JsonNode redeliver(AdminRequest request)
      throws DeliveryAdminException, InterruptedException {
    String recipient = served(request).name();
    JournalEntry entry = event(service, request.text("event"));
    if (!entry.event().isFor(recipient)) {
      throw new DeliveryAdminException(
          "event "
              + entry.event().id()
              + " is for recipient "
              + entry.event().audience()
              + " alone, and goes to nobody else"
              + (entry.event().type().isOwn()
                  ? ""
                  : ": rowhook resync brings " + recipient + " up to date"));
    }
    deliveryAdmin.redeliver(recipient, entry.sequence(), Instant.now());
    service.dispatchers().deliveriesChanged(recipient);
    return done(1).put("event", entry.event().id()).put("sequence", entry.sequence());
  }

  private JsonNode replay(AdminRequest request)
      throws DeliveryAdminException, InterruptedException {
    Recipient recipient = served(request);
    DeliveryFilter filter = request.filter();
    boolean failed = request.is("failed");
    String name = recipient.name();
    Predicate<Event> wanted = SubscriptionMatcher.of(recipient, service.templates())::wants;
    boolean yes = request.is("yes");
    long count = deliveryAdmin.replay(name, filter, failed, wanted, yes);
    if (count == 0 || (count > ASKED_ABOVE && !yes)) {
      return undone(count);
    }
    if (!yes) {
      count = deliveryAdmin.replay(name, filter, failed, wanted, true);
    }
    service.dispatchers().deliveriesChanged(name);
    return done(count);
  }

  private JsonNode discard(AdminRequest request)
      throws DeliveryAdminException, InterruptedException {
    String recipient = knownRecipient(request);
    Optional<String> event = request.optional("event");
    long count = 1;
    if (event.isPresent()) {
      deliveryAdmin.discard(recipient, event(service, event.get()).sequence());
    } else {
      boolean yes = request.is("yes");
      count = discard(request, recipient, yes);
      if (count == 0 || !yes) {
        return undone(count);
      }
    }
    service.dispatchers().deliveriesChanged(recipient);
    return done(count);
  }

  private long discard(AdminRequest request, String recipient, boolean yes)
      throws DeliveryAdminException, InterruptedException {
    Set<Exceptions> states = states(request);
    long count =
        states.isEmpty() ? 0 : deliveryAdmin.discard(recipient, request.filter(), states, yes);
    if (isPending(request)) {
      Predicate<Event> wanted = SubscriptionMatcher.of(served(request), service.templates())::wants;
      count += deliveryAdmin.discardPending(recipient, request.filter(), wanted, yes);
    }
    return count;
  }

  /** Forgets a recipient that has no file. */
  private JsonNode forget(AdminRequest request)
      throws DeliveryAdminException, InterruptedException {
    String name = knownRecipient(request);
    boolean hasFile = service.recipients().get().stream().anyMatch(one -> one.name().equals(name));
    if (hasFile) {
      throw new DeliveryAdminException(
          "recipient "
              + name
              + " has a file, and a recipient that has one is not forgotten: remove recipients/"
              + name
              + ".yaml first");
    }
    if (service.dispatchers().statuses().stream().anyMatch(one -> one.recipient().equals(name))) {
      throw new DeliveryAdminException(
          "recipient "
              + name
              + " is only just being taken out of service; ask again in some seconds");
    }
    JournalQueries.Standing dropped =
        new RemovedRecipients(service.journal())
            .standing(name)
            .orElseThrow(
                () -> new DeliveryAdminException("recipient " + name + " is forgotten already"));
    boolean yes = request.is("yes");
    if (yes) {
      deliveryAdmin.forget(name);
    }
    return (yes ? done(1) : undone(1)).put("dropped", RemovedRecipients.inWords(dropped));
  }

  private JsonNode pause(AdminRequest request) throws DeliveryAdminException, InterruptedException {
    String reason = request.optional("reason").orElse("no reason was given");
    if (request.is("all")) {
      boolean set = deliveryAdmin.setKillSwitch(reason, Instant.now());
      service.dispatchers().allDeliveriesChanged();
      return done(set ? 1 : 0);
    }
    String recipient = served(request).name();
    boolean paused = deliveryAdmin.pause(recipient, reason, Instant.now());
    service.dispatchers().deliveriesChanged(recipient);
    return done(paused ? 1 : 0);
  }

  private JsonNode resume(AdminRequest request)
      throws DeliveryAdminException, InterruptedException {
    if (request.is("all")) {
      boolean cleared = deliveryAdmin.clearKillSwitch();
      service.dispatchers().allDeliveriesChanged();
      return done(cleared ? 1 : 0);
    }
    String recipient = knownRecipient(request);
    boolean resumed = deliveryAdmin.resume(recipient, Instant.now());
    service.dispatchers().deliveriesChanged(recipient);
    return done(resumed ? 1 : 0);
  }

  private JsonNode test(AdminRequest request) throws DeliveryAdminException, InterruptedException {
    Recipient recipient = served(request);
    Optional<Pause> killSwitch = service.journal().killSwitch();
    if (killSwitch.isPresent()) {
      throw new DeliveryAdminException(
          "the kill switch is set ("
              + killSwitch.get().reason()
              + "): nothing is sent, not even a test. rowhook resume --all clears it");
    }
    TestDelivery sample =
        service
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
  Recipient served(AdminRequest request) throws DeliveryAdminException {
    String name = request.text("recipient");
    List<Recipient> all = service.recipients().get();
    Optional<Recipient> found = all.stream().filter(one -> one.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      throw unknown(name, all.stream().map(Recipient::name).toList());
    }
    return found.get();
  }

  /** A recipient that the journal knows, with a file or without. */
  private String knownRecipient(AdminRequest request) throws DeliveryAdminException {
    return knownRecipient(service, request.text("recipient"));
  }

  static String knownRecipient(RunningService service, String name) throws DeliveryAdminException {
    List<String> names = service.journal().queries().recipients();
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

  static JournalEntry event(RunningService service, String idOrSequence)
      throws DeliveryAdminException {
    return service
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

  private static Set<Exceptions> states(AdminRequest request) throws DeliveryAdminException {
    Set<Exceptions> states = EnumSet.noneOf(Exceptions.class);
    for (JsonNode state : request.json().path("states")) {
      switch (state.asText()) {
        case "waiting" -> states.add(Exceptions.WAITING);
        case "blocked" -> states.add(Exceptions.BLOCKED);
        case "failed" -> states.add(Exceptions.FAILED);
        case PENDING -> {}
        default -> throw new DeliveryAdminException("no state to discard: " + state.asText());
      }
    }
    return states.isEmpty() && !isPending(request) ? EnumSet.allOf(Exceptions.class) : states;
  }

  private static boolean isPending(AdminRequest request) {
    for (JsonNode state : request.json().path("states")) {
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
