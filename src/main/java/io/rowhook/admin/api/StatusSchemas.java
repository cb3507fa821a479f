package io.rowhook.admin.api;

import io.rowhook.admin.health.Part;
import io.rowhook.webhook.RecipientState;
import java.util.Arrays;
import java.util.List;

/** What the status and the source's state look like. */
final class StatusSchemas {

  private static final Schema TABLE = Schema.text().example("public.article");

  static final Schema SLOT =
      Schema.named(
          "Slot",
          Schema.fields()
              .must("slot", Schema.text())
              .must("at", Schema.time().about("when it was looked at"))
              .must("away", Schema.flag().about("the source could not be asked since"))
              .must("active", Schema.flag())
              .must("confirmed", Schema.text().about("a position in the source's log"))
              .must("current", Schema.text())
              .must("behindBytes", Schema.count())
              .must("behindSeconds", Schema.decimal())
              .must("behindLonger", Schema.flag().about("it may be longer: it began before"))
              .must("retainedBytes", Schema.count().about("what the source keeps for it"))
              .must("walStatus", Schema.text())
              .must("limitBytes", Schema.decimal().orNull())
              .must("safeBytes", Schema.decimal().orNull().about("until the slot is lost"))
              .must("growthBytesPerHour", Schema.decimal())
              .must("lostInSeconds", Schema.decimal().orNull())
              .must("risk", Schema.text().orNull().about("what is in danger, and what to do")));

  static final Schema EPOCH =
      Schema.named(
          "Epoch",
          Schema.fields()
              .must("id", Schema.text().about("part of each event's id"))
              .must("history", Schema.text().about("to which cluster and slot positions belong"))
              .must("startedAt", Schema.time()));

  static final Schema SUSPENDED =
      Schema.list(
              Schema.fields()
                  .must("table", TABLE)
                  .must("since", Schema.time())
                  .must("effect", Schema.text())
                  .must("why", Schema.text()))
          .about("captured tables whose row changes cannot be told at present");

  static final Schema MISSED =
      Schema.list(
              Schema.fields()
                  .must("table", TABLE)
                  .must("at", Schema.time().about("when it was noticed"))
                  .must("after", Schema.text())
                  .must("upTo", Schema.text())
                  .must("why", Schema.text()))
          .about("ranges of the source's log that may be missing");

  static final Schema PAUSE =
      Schema.named(
          "Pause",
          Schema.fields()
              .must("kind", Schema.text().about("`failures`, `gone`, `exhausted` or `person`"))
              .must("at", Schema.time())
              .must("until", Schema.time().orNull().about("null: until a person ends it"))
              .must("reason", Schema.text()));

  private static final Schema FAILURE =
      Schema.fields()
          .must("at", Schema.time())
          .must("event", Schema.text())
          .must("sequence", Common.SEQUENCE)
          .must("status", Schema.whole(100, 999).orNull())
          .must("error", Schema.text().orNull());

  private static final List<String> STATES =
      Arrays.stream(RecipientState.values()).map(RecipientState::name).toList();

  private static final Schema RECIPIENT =
      Schema.named(
          "RecipientStatus",
          Schema.fields()
              .must("recipient", Schema.text())
              .must("instance", Schema.text().orNull().about("that serves it; null: there is one"))
              .must(
                  "unanswered",
                  Schema.text()
                      .orNull()
                      .about("why all this is as it is known to others than that instance"))
              .must("state", Schema.oneOf(STATES).about("as in `rowhook_recipient_state`"))
              .must("pause", PAUSE.orNull())
              .must("inFlight", Schema.count())
              .must("cursor", Common.SEQUENCE.about("all up to it is settled or an exception"))
              .must("ahead", Schema.count().about("events after its cursor"))
              .must("waiting", Schema.count())
              .must("blocked", Schema.count())
              .must("failed", Schema.count())
              .must("backlogBytes", Schema.count())
              .must("oldest", Schema.time().orNull())
              .must(
                  "completeTo",
                  Schema.time()
                      .orNull()
                      .about(
                          "it has everything that was committed by then, by the source's clock;"
                              + " null: not known yet"))
              .must(
                  "lacksFrom",
                  Common.SEQUENCE
                      .orNull()
                      .about("the limit of its backlog let go some from here on"))
              .must("trouble", Schema.text().orNull())
              .must("failures", Schema.count().about("in the window that counts for a pause"))
              .must("failuresWithin", Schema.text().about("that window, as ISO 8601 has it"))
              .must("lastFailures", Schema.list(FAILURE)));

  private static final Schema READ_BACK =
      Schema.fields()
          .must("statements", Schema.count())
          .must("rows", Schema.count())
          .must("seconds", Schema.decimal())
          .must("unread", Schema.count().about("keys that could not be read"))
          .must("unreadTables", Schema.list(Schema.text()));

  private static final Schema REJECTED =
      Schema.fields()
          .must("count", Schema.count())
          .must("at", Schema.time())
          .must("table", Schema.text())
          .must("operation", Schema.text())
          .must("why", Schema.text());

  private static final Schema QUARANTINE =
      Schema.list(
          Schema.fields()
              .must("template", Schema.text())
              .must("since", Schema.time())
              .must("why", Schema.text()));

  private static final Schema TO_RESYNC =
      Schema.list(
              Schema.fields()
                  .must("recipient", Schema.text())
                  .must("entity", Schema.text())
                  .must("since", Schema.time())
                  .must("wantsSnapshots", Schema.flag())
                  .must("command", Schema.text()))
          .about("recipients that may have missed something");

  private static final Schema MUTED =
      Schema.fields()
          .must("transactions", Schema.count())
          .may("lastTxId", Schema.anything())
          .may("lastCommittedAt", Schema.time());

  private static final Schema STATE =
      Schema.oneOf(Arrays.stream(Part.State.values()).map(Enum::name).toList());

  private static final Schema PART =
      Schema.fields()
          .must("part", Schema.text())
          .may("subject", Schema.text().about("which of its kind: a recipient's name"))
          .must("state", STATE)
          .must("reason", Schema.text())
          .must("since", Schema.time());

  static final Schema HEALTH =
      Schema.named(
          "Health",
          Schema.fields()
              .must("state", STATE.about("the worst of all"))
              .must("live", Schema.flag().about("a new start of the process would mend nothing"))
              .must("ready", Schema.flag().about("it does what it is for"))
              .must("at", Schema.time())
              .must("stuck", Schema.list(Schema.text()).about("what a new start would mend"))
              .must("parts", Schema.list(PART)));

  private static final Schema INSTANCE =
      Schema.named(
          "Instance",
          Schema.fields()
              .must("name", Schema.text())
              .must("api", Schema.text().orNull().about("where the others reach its API"))
              .must("since", Schema.time().about("when it took what it has of the work"))
              .must("captures", Schema.flag())
              .must("recipients", Schema.count().about("that it serves"))
              .must("unanswered", Schema.text().orNull().about("why it does not answer")));

  static final Schema STATUS =
      Schema.named(
          "Status",
          Schema.fields()
              .must("health", HEALTH)
              .must("capture", Schema.text().about("where capture stands, in words"))
              .must("slot", SLOT.orNull())
              .must("takenOver", Schema.text().orNull())
              .must("suspended", SUSPENDED)
              .must("missed", MISSED)
              .may("rejected", REJECTED)
              .must("readBack", READ_BACK)
              .must("muted", MUTED)
              .must("ignoredMessages", Schema.count())
              .must("resyncs", Schema.list(ResyncOperations.RESYNC).about("those that run"))
              .must("toResync", TO_RESYNC)
              .must("audits", Schema.list(AuditOperations.AUDIT).about("those that run"))
              .must("watermark", Schema.text())
              .must("epoch", EPOCH.orNull())
              .must("head", Common.SEQUENCE.about("the journal's newest"))
              .must(
                  "missing",
                  Schema.text()
                      .orNull()
                      .about("which changes of the source are known to be missing in the journal"))
              .must("journal", Schema.text().orNull().about("why it does not work"))
              .must("settings", Schema.list(Schema.text()).about("what is refused, and why"))
              .must("quarantine", QUARANTINE)
              .must("templateThreadsLost", Schema.count())
              .must("killSwitch", PAUSE.orNull())
              .must("recipients", Schema.list(RECIPIENT))
              .must("instance", Schema.text().orNull().about("that answers; null: there is one"))
              .must("instances", Schema.list(INSTANCE).about("that share the journal")));

  static final Schema SOURCE =
      Schema.named(
          "Source",
          Schema.fields()
              .must("capture", Schema.text().about("where capture stands, in words"))
              .must("slot", SLOT.orNull().about("null: it was not looked at yet"))
              .must("watermark", Schema.text().about("the journal has all up to it"))
              .must("epoch", EPOCH.orNull().about("null: none has begun yet"))
              .must("suspended", SUSPENDED)
              .must("missed", MISSED));

  private StatusSchemas() {}
}
