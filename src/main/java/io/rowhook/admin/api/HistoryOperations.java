package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.history.History;
import io.rowhook.admin.instances.Answers;
import io.rowhook.base.Json;
import java.time.Duration;
import java.util.List;

/** How it went in the last hours. */
final class HistoryOperations {

  private static final double A_MINUTE = 1.0 * Duration.ofMinutes(1).toSeconds();

  private static final Schema COUNTS = Schema.list(Schema.decimal(), History.STEPS);
  private static final Schema MAYBE = Schema.list(Schema.decimal().orNull(), History.STEPS);

  static final List<Operation> ALL =
      List.of(
          Operation.get("/v1/history", "getHistory")
              .says("Service", "What flowed in the last four hours, at most, since the start")
              .about(
                  "In memory, in steps of "
                      + History.STEP.toSeconds()
                      + " seconds. For longer, and for alarms, there is `/metrics`.")
              .answers(
                  200,
                  "A list of values for each series, the oldest first",
                  Schema.fields()
                      .must("stepSeconds", Schema.count())
                      .must("times", COUNTS.about("each step's end, in seconds since 1970"))
                      .must("published", COUNTS.about("events, a minute"))
                      .must("delivered", COUNTS.about("deliveries, a minute"))
                      .must("failed", COUNTS.about("attempts, a minute"))
                      .must(
                          "delayMillis",
                          MAYBE.about("from commit to acknowledgement, which 95 of a hundred kept"))
                      .must(
                          "waiting",
                          COUNTS.about("events after the cursors of all recipients together"))
                      .must("lagBytes", MAYBE.about("of the source's log that were not read"))
                      .must(
                          "recipients",
                          Schema.list(
                                  Schema.fields()
                                      .must("recipient", Schema.text())
                                      .must("deliveredPerMinute", Schema.count())
                                      .must("failedPerMinute", Schema.count().about("attempts"))
                                      .must("delayMillis", Schema.decimal().orNull()))
                              .about("those that were sent anything to in the last minute")))
              .by(HistoryOperations::answer));

  private HistoryOperations() {}

  private static ApiAnswer answer(RunningService service, ApiRequest request)
      throws InterruptedException {
    ObjectNode json = json(service);
    if (service.journal().sharing().isShared() && request.caller().forwarded().isEmpty()) {
      Answers others =
          Answers.ask(
              service.instances(), service.journal(), "/v1/history", request.caller().onBehalf());
      HistoryOfAll.add(json, others.given().values());
    }
    return ApiAnswer.ok(json);
  }

  private static ObjectNode json(RunningService service) {
    List<History.Step> steps = service.history().steps();
    ObjectNode json = Json.MAPPER.createObjectNode().put("stepSeconds", History.STEP.toSeconds());
    ArrayNode times = json.putArray("times");
    ArrayNode published = json.putArray("published");
    ArrayNode delivered = json.putArray("delivered");
    ArrayNode failed = json.putArray("failed");
    ArrayNode delay = json.putArray("delayMillis");
    ArrayNode waiting = json.putArray("waiting");
    ArrayNode lag = json.putArray("lagBytes");
    double perMinute = A_MINUTE / History.STEP.toSeconds();
    for (History.Step step : steps) {
      times.add(step.at().getEpochSecond());
      published.add(step.published() * perMinute);
      delivered.add(step.delivered() * perMinute);
      failed.add(step.failed() * perMinute);
      delay.add(number(step.delayMillis()));
      waiting.add(step.waiting());
      lag.add(number(step.lagBytes() < 0 ? Double.NaN : step.lagBytes()));
    }
    ArrayNode recipients = json.putArray("recipients");
    for (History.LastMinute one : service.history().lastMinutes()) {
      recipients
          .addObject()
          .put("recipient", one.recipient())
          .put("deliveredPerMinute", one.delivered())
          .put("failedPerMinute", one.failed())
          .set("delayMillis", number(one.delayMillis()));
    }
    return json;
  }

  private static JsonNode number(double value) {
    return Double.isNaN(value) ? NullNode.instance : DoubleNode.valueOf(value);
  }
}
