package io.rowhook.admin.api;

import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.admin.preview.SampleView;
import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryAdmin;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.JournalQueries;
import io.rowhook.journal.JournalQueries.Exceptions;
import io.rowhook.journal.RemovedRecipients;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.TestDelivery;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is done with a recipient, beside its settings. */
final class RecipientOperations {

  private static final String TAG = "Recipients";
  private static final String PATH = "/v1/recipients/{recipient}";

  private static final List<String> DISCARDABLE =
      List.of("waiting", "blocked", "failed", Common.PENDING);

  static final Schema REASON =
      Schema.text(1, 500).about("why, for whoever looks at the status").example("moving house");

  static final List<Operation> ALL =
      List.of(
          Operation.post(PATH + "/pause", "pauseRecipient")
              .says(TAG, "Sends it nothing until it is resumed; its backlog waits, in order")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .takes(Schema.closed().may("reason", REASON))
              .answers(200, "It is paused now", Common.OUTCOME)
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::pause),
          Operation.post(PATH + "/resume", "resumeRecipient")
              .says(TAG, "Goes on sending to it, whatever paused it")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .answers(200, "It is not paused now", Common.SENDING)
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::resume),
          Operation.post(PATH + "/accept", "acceptLetGo")
              .says(TAG, "Accepts that the limit of its backlog let some go")
              .about("They hold its `completeTo` back no more.")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .answers(200, "It is accepted now", Common.OUTCOME)
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::accept),
          Operation.post(PATH + "/test", "testRecipient")
              .says(TAG, "Sends it a signed sample, marked as a test, and waits for the answer")
              .about("Also while it is paused; the kill switch stops it.")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .answers(
                  200,
                  "What was sent and what came back",
                  Schema.fields()
                      .must("method", Schema.text())
                      .must("url", Schema.text().about("what may be secret in it is `***`"))
                      .must("headers", Common.HEADERS)
                      .must("body", Schema.text())
                      .must("status", Schema.whole(100, 999).orNull())
                      .must("error", Schema.text().orNull())
                      .must("answer", Schema.text().orNull())
                      .must("tookMillis", Schema.count())
                      .must("acknowledged", Schema.flag()))
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::test),
          Operation.post(PATH + "/replay", "replay")
              .says(TAG, "Sends it a range of events again, in order")
              .about(
                  "Those that its subscriptions want now; also what it was never sent. They wait"
                      + " while it is paused. Needs a bound: a time, a sequence, or `failed`.")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .takes(
                  Common.FILTER
                      .may("failed", Schema.flag().about("only what failed"))
                      .may(
                          "atMost",
                          Schema.count()
                              .about("does nothing where these are more, but counts them"))
                      .may("dryRun", Common.DRY_RUN))
              .answers(200, "They go out, or how many they are", Common.SENDING)
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::replay),
          Operation.post(PATH + "/discard", "discardDeliveries")
              .says(TAG, "Lets its deliveries go: they end failed, and can be redelivered yet")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .takes(
                  Common.FILTER
                      .may(
                          "states",
                          Schema.list(Schema.oneOf(DISCARDABLE), DISCARDABLE.size())
                              .about(
                                  "of these; without: `waiting`, `blocked` and `failed`. `pending`"
                                      + " are those that were never attempted: the backlog"))
                      .may("dryRun", Common.DRY_RUN))
              .answers(200, "They are discarded, or how many they are", Common.OUTCOME)
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::discard),
          Operation.post(PATH + "/forget", "forgetRecipient")
              .says(TAG, "Forgets one that has no file any more, with all that is kept for it")
              .about("There is no way back. A new file of its name begins anew.")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT)
              .takes(Schema.closed().may("dryRun", Common.DRY_RUN))
              .answers(
                  200,
                  "It is forgotten, or what would be dropped",
                  Schema.fields()
                      .must("done", Schema.flag())
                      .must("count", Schema.count())
                      .must("dropped", Schema.text().about("in words")))
              .or(ProblemType.CONFLICT)
              .by(RecipientOperations::forget));

  private RecipientOperations() {}

  private static ApiAnswer pause(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String recipient = Recipients.served(service, request.text("recipient")).name();
    boolean paused = admin(service).pause(recipient, reason(request), Instant.now());
    service.dispatchers().deliveriesChanged(recipient);
    return ApiAnswer.ok(Recipients.outcome(true, paused ? 1 : 0));
  }

  static String reason(ApiRequest request) {
    return request.optional("reason").orElse("no reason was given");
  }

  private static ApiAnswer resume(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String recipient = Recipients.known(service, request.text("recipient"));
    boolean resumed = admin(service).resume(recipient, Instant.now());
    service.dispatchers().deliveriesChanged(recipient);
    return ApiAnswer.ok(
        Recipients.outcome(true, resumed ? 1 : 0)
            .put("held", Recipients.killed(service).orElse(null)));
  }

  private static ApiAnswer accept(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    String recipient = Recipients.known(service, request.text("recipient"));
    boolean accepted = service.journal().completeness().accept(recipient);
    return ApiAnswer.ok(Recipients.outcome(true, accepted ? 1 : 0));
  }

  private static ApiAnswer test(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException {
    Recipient recipient = Recipients.served(service, request.text("recipient"));
    Optional<String> killed = Recipients.killed(service);
    if (killed.isPresent()) {
      throw new DeliveryAdminException("no test goes out: " + killed.get());
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
    return ApiAnswer.ok(SampleView.json(sample, recipient));
  }

  private static ApiAnswer replay(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String name = Recipients.served(service, request.text("recipient")).name();
    DeliveryFilter filter = request.filter();
    boolean failed = request.is("failed");
    if (!failed
        && List.of("from", "to", "fromSequence", "toSequence").stream()
            .noneMatch(request.fields()::has)) {
      throw ApiException.wrong(
          FieldError.BODY,
          "which range? Give from, to, fromSequence or toSequence, or set failed to true");
    }
    Predicate<Event> wanted = Recipients.wanted(service, name);
    Long most = request.number("atMost");
    boolean counts = request.is("dryRun");
    if (counts || most != null) {
      long count = admin(service).replay(name, filter, failed, wanted, false);
      if (counts || count == 0 || (most != null && count > most)) {
        return ApiAnswer.ok(Recipients.outcome(false, count).put("held", held(service, name)));
      }
    }
    long count = admin(service).replay(name, filter, failed, wanted, true);
    service.dispatchers().deliveriesChanged(name);
    return ApiAnswer.ok(Recipients.outcome(count > 0, count).put("held", held(service, name)));
  }

  /** What keeps a range that is replayed from going out. */
  private static @Nullable String held(RunningService service, String recipient) {
    return Recipients.killed(service)
        .or(() ->
            service
                .journal()
                .queries()
                .pause(recipient)
                .map(pause ->
                    recipient
                        + " is paused until "
                        + pause.until().map(until -> until + ", or ").orElse("")
                        + "rowhook resume "
                        + recipient
                        + " ("
                        + pause.reason()
                        + ")"))
        .orElse(null);
  }

  private static ApiAnswer discard(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String recipient = Recipients.known(service, request.text("recipient"));
    boolean does = !request.is("dryRun");
    List<String> names = request.texts("states");
    Set<Exceptions> states = EnumSet.noneOf(Exceptions.class);
    names.stream()
        .filter(state -> !state.equals(Common.PENDING))
        .forEach(state -> states.add(Exceptions.valueOf(state.toUpperCase(Locale.ROOT))));
    if (names.isEmpty()) {
      states.addAll(EnumSet.allOf(Exceptions.class));
    }
    DeliveryFilter filter = request.filter();
    DeliveryAdmin admin = admin(service);
    long count = states.isEmpty() ? 0 : admin.discard(recipient, filter, states, does);
    if (names.contains(Common.PENDING)) {
      count += admin.discardPending(recipient, filter, Recipients.wanted(service, recipient), does);
    }
    if (does) {
      service.dispatchers().deliveriesChanged(recipient);
    }
    return ApiAnswer.ok(Recipients.outcome(does && count > 0, count));
  }

  private static ApiAnswer forget(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String name = Recipients.known(service, request.text("recipient"));
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
    boolean does = !request.is("dryRun");
    if (does) {
      admin(service).forget(name);
    }
    return ApiAnswer.ok(
        Recipients.outcome(does, 1).put("dropped", RemovedRecipients.inWords(dropped)));
  }

  private static DeliveryAdmin admin(RunningService service) {
    return service.journal().deliveryAdmin();
  }
}
