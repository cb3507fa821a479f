package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.SubscriptionMatcher;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What operations name, found in the running service, or the problem that there is no such. */
public final class Recipients {

  /** So begins the detail of the problem that there is no such recipient. */
  public static final String UNKNOWN = "there is no recipient ";

  private Recipients() {}

  /** A recipient that has a file: nothing is sent to others. */
  public static Recipient served(RunningService service, String name) throws ApiException {
    return of(service.recipients().get(), name);
  }

  /** One of these. */
  static Recipient of(List<Recipient> all, String name) throws ApiException {
    return all.stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name, all.stream().map(Recipient::name).toList()));
  }

  /** Which events a recipient gets by its subscriptions in force, if it has a file. */
  static Predicate<Event> wanted(RunningService service, String name) throws ApiException {
    return SubscriptionMatcher.of(served(service, name), service.templates())::wants;
  }

  /** A recipient that the journal knows, with a file or without. */
  static String known(RunningService service, String name) throws ApiException {
    List<String> names = service.journal().queries().recipients();
    if (!names.contains(name)) {
      throw unknown(name, names);
    }
    return name;
  }

  private static ApiException unknown(String name, List<String> names) {
    return new ApiException(
        ProblemType.NOT_FOUND,
        UNKNOWN
            + "'"
            + name
            + "'. "
            + (names.isEmpty()
                ? "There are none yet."
                : DidYouMean.advice(name, names, "There are")));
  }

  static JournalEntry event(RunningService service, String idOrSequence) throws ApiException {
    return service
        .journal()
        .queries()
        .event(idOrSequence)
        .orElseThrow(() ->
            new ApiException(
                ProblemType.NOT_FOUND,
                "there is no event '"
                    + idOrSequence
                    + "' in the journal, or not any more: give its id (evt_...) or its sequence,"
                    + " as rowhook deliveries shows them"));
  }

  /** Why nothing goes out to anyone, and how that ends; empty: it does. */
  static Optional<String> killed(RunningService service) {
    return service
        .journal()
        .killSwitch()
        .map(set ->
            "the kill switch is set until rowhook resume --all clears it (" + set.reason() + ")");
  }

  /** What became of a change. */
  static ObjectNode outcome(boolean done, long count) {
    return Json.MAPPER.createObjectNode().put("done", done).put("count", count);
  }
}
