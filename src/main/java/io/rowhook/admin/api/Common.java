package io.rowhook.admin.api;

import io.rowhook.journal.DeliverySearch;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parameters and schemas that several operations have. */
final class Common {

  /** The longest name of an entity or a recipient that is looked for. */
  private static final int NAME = 255;

  /** An entity's id may be of several columns, of text. */
  private static final int ID = 4_096;

  static final Schema RECIPIENT_NAME = Schema.text(1, NAME).example("shop");

  static final Parameter RECIPIENT =
      Parameter.path("recipient", RECIPIENT_NAME, "the name of its file");

  static final Parameter EVENT =
      Parameter.path(
          "event",
          Schema.text(1, 64).example("evt_019e5a93015b1e4d0e8a54a3d94c8d6d"),
          "the event's id, or its sequence in the journal");

  static final Schema ENTITY = Schema.text(1, NAME).example("Order");
  static final Schema ENTITY_ID = Schema.text(0, ID).example("7");
  static final Schema SEQUENCE = Schema.count();

  private static final String OF_ENTITY = "of this entity only";
  private static final String WITH_ID = "with this id; goes with `entity`";
  private static final String FROM = "committed at or after";
  private static final String TO = "committed before";
  private static final String FROM_SEQUENCE = "the first sequence that is meant";
  private static final String TO_SEQUENCE = "the last sequence that is meant";

  /** What narrows down which deliveries are meant, behind the question mark. */
  static final List<Parameter> FILTER_PARAMETERS =
      List.of(
          Parameter.query("entity", ENTITY, OF_ENTITY),
          Parameter.query("id", ENTITY_ID, WITH_ID),
          Parameter.query("from", Schema.time(), FROM),
          Parameter.query("to", Schema.time(), TO),
          Parameter.query("fromSequence", SEQUENCE, FROM_SEQUENCE),
          Parameter.query("toSequence", SEQUENCE, TO_SEQUENCE));

  /** The same in a body. */
  static final ObjectSchema FILTER =
      Schema.closed()
          .may("entity", ENTITY.about(OF_ENTITY))
          .may("id", ENTITY_ID.about(WITH_ID))
          .may("from", Schema.time().about(FROM))
          .may("to", Schema.time().about(TO))
          .may("fromSequence", SEQUENCE.about(FROM_SEQUENCE))
          .may("toSequence", SEQUENCE.about(TO_SEQUENCE));

  /** Where the next page begins, of whatever is listed. */
  static final Schema NEXT =
      Schema.text().orNull().about("the next page's `cursor`; null: there is none");

  /** One that is a number, as a text. */
  static final Schema CURSOR = Schema.text("[0-9]{1,18}", 18);

  /** What such a cursor says; null: the first page. */
  static @Nullable Long cursor(ApiRequest request) {
    return request.optional("cursor").map(Long::valueOf).orElse(null);
  }

  static final Schema DRY_RUN =
      Schema.flag().about("only says what would be done, and does nothing");

  /** What became of a change. */
  static final Schema OUTCOME =
      Schema.named(
          "Outcome",
          Schema.fields()
              .must("done", Schema.flag().about("whether it was done"))
              .must(
                  "count",
                  Schema.count().about("how many it is about; 0 also where it was so before")));

  private static final Schema HELD =
      Schema.text().orNull().about("why nothing goes out for now, and how that ends");

  /** What became of a change after which something is to be sent. */
  static final Schema SENDING =
      Schema.named(
          "Sending",
          Schema.fields()
              .must("done", Schema.flag().about("whether it was done"))
              .must("count", Schema.count().about("how many deliveries it is about"))
              .must("held", HELD));

  /** The same of one delivery. */
  static final Schema REDELIVERY =
      Schema.fields()
          .must("done", Schema.flag())
          .must("count", Schema.count())
          .must("held", HELD)
          .must("event", Schema.text())
          .must("sequence", SEQUENCE);

  static final Schema HEADERS =
      Schema.list(
          Schema.fields()
              .must("name", Schema.text())
              .must("value", Schema.text().about("`***` where it may prove who sends it")));

  /** The state of what was never attempted. */
  static final String PENDING = "pending";

  /** The states that deliveries can be looked for by. */
  static final List<String> STATES =
      Stream.concat(
              Arrays.stream(DeliverySearch.State.values())
                  .map(state -> state.name().toLowerCase(Locale.ROOT)),
              Stream.of(PENDING))
          .toList();

  private Common() {}
}
