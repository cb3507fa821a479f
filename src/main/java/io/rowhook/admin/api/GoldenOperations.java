package io.rowhook.admin.api;

import io.rowhook.admin.RunningService;
import io.rowhook.admin.preview.GoldenCase;
import io.rowhook.base.Json;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.EditRefusedException;
import java.util.List;

/** Events that are kept with what is made of them, as cases for {@code rowhook preview --check}. */
final class GoldenOperations {

  private static final Schema KEPT =
      Schema.named(
          "GoldenCase",
          Schema.fields()
              .must("file", Schema.text().about("the event's, in the directory of the templates"))
              .must("wanted", Schema.flag().about("whether a subscription wants it"))
              .must("done", Schema.flag().about("false: it was kept just so already")));

  static final List<Operation> ALL =
      List.of(
          Operation.post("/v1/recipients/{recipient}/golden-files", "keepGoldenCase")
              .says("Events", "Keeps an event and what is made of it as a golden case")
              .about(
                  "By the settings in force, in `expected` beside the templates, for `rowhook"
                      + " preview --check`. Of what no subscription wants it is kept that nothing"
                      + " is sent. The files hold the event's data, which erasing it in the journal"
                      + " leaves there.")
              .with(Common.RECIPIENT)
              .requires(
                  Schema.closed()
                      .must("event", Schema.text(1, 64).about("id or sequence"))
                      .may(
                          "case",
                          Schema.text("[A-Za-z0-9][A-Za-z0-9_-]*", 100)
                              .about(
                                  "what its files are called; by default entity, id and type of the"
                                      + " event")))
              .answers(201, "It is kept", KEPT)
              .or(ProblemType.CONFLICT, ProblemType.READ_ONLY)
              .by(GoldenOperations::keep));

  private GoldenOperations() {}

  private static ApiAnswer keep(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    Recipient recipient = Recipients.served(service, request.text("recipient"));
    JournalEntry entry = Recipients.event(service, request.text("event"));
    GoldenCase golden;
    try {
      golden = GoldenCase.of(recipient, service.templates(), entry, request.optional("case"));
    } catch (IllegalStateException e) {
      throw new ApiException(ProblemType.CONFLICT, String.valueOf(e.getMessage()));
    }
    try {
      boolean done =
          golden.keep(
              service.templateFiles(), service.journal().audit(), AuditTrail.actor(request));
      return ApiAnswer.of(
          201,
          Json.MAPPER
              .createObjectNode()
              .put("file", golden.file())
              .put("wanted", golden.wanted())
              .put("done", done));
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, FieldError.inside(FieldError.BODY, "case"));
    }
  }
}
