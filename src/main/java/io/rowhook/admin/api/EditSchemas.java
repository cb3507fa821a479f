package io.rowhook.admin.api;

import io.rowhook.settings.SettingsFiles;

/** What is sent and answered where settings are edited. */
final class EditSchemas {

  /** In characters; a file may have as many bytes. */
  static final int MOST = SettingsFiles.MAX_BYTES;

  static final String MASKS =
      "Secrets are shown as `***`, references to the environment or a file as they stand. Sent"
          + " back, `***` means as it was.";

  static final String EDITS =
      "It is held against all rules before anything is written, and answered once it is in force.";

  static final Parameter TEMPLATE_PATH =
      Parameter.path(
          "template",
          Schema.text(1, 255).example("shop/Order.jslt"),
          "its path in the directory of the templates, each `/` written `%2F`");

  static final Parameter IF_MATCH =
      Parameter.header(
          "If-Match",
          Schema.text(1, 1_000),
          "the ETag that the file was read with; without it nothing is changed");

  static final ObjectSchema RECIPIENT_FILE =
      Schema.fields()
          .must("name", Schema.text())
          .must("etag", Schema.text().about("of what the file holds, for `If-Match`"))
          .must(
              "settings",
              Schema.map(Schema.anything())
                  .orNull()
                  .about("as `recipient.schema.json` describes them; null: the file is no YAML"));

  static final Schema RECIPIENT_TEXT =
      Schema.named(
          "RecipientFile",
          RECIPIENT_FILE.must("yaml", Schema.text().orNull().about("the same as it is written")));

  static final ObjectSchema RECIPIENT_CONTENT =
      Schema.closed()
          .may("settings", Schema.map(Schema.anything()).about("either these"))
          .may("yaml", Schema.text(0, MOST).about("or the file's text, which keeps its comments"));

  static final ObjectSchema TEMPLATE_NAME =
      Schema.fields()
          .must("name", Schema.text())
          .must("etag", Schema.text().about("of what the file holds, for `If-Match`"));

  static final Schema TEMPLATE_TEXT =
      Schema.named("TemplateFile", TEMPLATE_NAME.must("text", Schema.text()));

  static final ObjectSchema TEMPLATE_CONTENT =
      Schema.closed().must("text", Schema.text(0, MOST).about("in JSLT"));

  static final Schema EDITED =
      Schema.named(
          "Edited",
          Schema.fields()
              .must("name", Schema.text())
              .must("etag", Schema.text().orNull().about("of the new content; null: it is gone"))
              .must(
                  "changes",
                  Schema.list(Schema.text()).about("what is different by it; values are not named"))
              .must("inForce", Schema.flag().about("whether it is in force by now"))
              .must("problems", Schema.list(Schema.text()).about("why not")));

  static final Schema JUDGED =
      Schema.named(
          "Judged",
          Schema.fields()
              .must("good", Schema.flag())
              .must(
                  "problems",
                  Schema.list(
                      Schema.fields()
                          .must("file", Schema.text())
                          .must("line", Schema.count().about("from 1; 0: the file as a whole"))
                          .must("column", Schema.count())
                          .must("pointer", Schema.text().about("in the settings, as JSON Pointer"))
                          .must("detail", Schema.text().about("rule, value and what to do")))));

  private EditSchemas() {}

  /** What whoever changes a file that is there can meet. */
  static ProblemType[] conditional() {
    return new ProblemType[] {
      ProblemType.READ_ONLY, ProblemType.CHANGED_MEANWHILE, ProblemType.MISSING_PRECONDITION
    };
  }
}
