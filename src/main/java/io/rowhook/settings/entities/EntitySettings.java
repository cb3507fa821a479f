package io.rowhook.settings.entities;

import io.rowhook.capture.TableId;
import io.rowhook.entity.EntityType;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Many;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.Named;
import io.rowhook.settings.yaml.Value.One;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.util.List;
import java.util.Map;

/** The settings of {@code entities.yaml}: of an entity, of its parts, and of rows that it names. */
public final class EntitySettings {

  /** How deep rows may name rows that name rows. */
  static final int DEPTH = 4;

  private static final String NAMES = "[A-Za-z][A-Za-z0-9_]{0,62}";
  private static final String COMPARABLE = "types that can be compared";
  private static final String AS_ABOVE = "as above";

  private static final One<TableId> TABLE_NAME = Value.text(EntitiesFileReader::table);
  private static final One<String> CONDITION = Value.text(EntitiesFileReader::condition);
  private static final Many<String> COLUMNS =
      new Many<>(Value.text(EntitiesFileReader::column), 0, Integer.MAX_VALUE, true);

  /** A prefix, which may be empty. */
  private static final One<String> ANY = Value.of(value -> value, Map.of("type", "string"));

  static final Setting<TableId> TABLE =
      Setting.required(
              "table",
              TABLE_NAME,
              "`schema.table` as the catalog spells them; without a schema `public`; a name with a"
                  + " full stop as SQL writes it: `'\"my.schema\".article'`")
          .within("one that can be [captured](mapping.md#which-tables-can-be-captured)");

  static final Setting<List<String>> ID =
      Setting.of("id", COLUMNS, "the column, or columns, that recipients know it by")
          .within("unique, not null, in the replica identity")
          .without("[the row's key](mapping.md#which-tables-can-be-captured)");

  static final Setting<List<String>> EXCLUDE =
      Setting.of(
              "exclude",
              COLUMNS,
              "columns that are not sent; changes to them alone make no event. What an id, a key, an"
                  + " order or a condition needs is read all the same, and not sent")
          .within("not together with `include`")
          .without("none");

  static final Setting<List<String>> INCLUDE =
      Setting.of("include", COLUMNS, "the only columns that are sent")
          .within("not together with `exclude`")
          .without("all");

  static final Setting<YamlNode> ATTRIBUTES =
      Setting.of(
              "attributes",
              new MappingOr(COLUMNS, ObjectSetting.of(EXCLUDE, INCLUDE).named("captured")),
              "which columns are sent: a mapping, or a list, which is the same as `include`")
          .without("all");

  static final Setting<String> WHERE =
      Setting.of(
              "where",
              CONDITION,
              "an SQL condition on its own columns, `\"company_id = 1 AND kind IN ('a', 'b')\"`: rows"
                  + " that it does not hold for do not exist for Rowhook. Several entities may share"
                  + " a table if each has one")
          .within("[Conditions on rows](mapping.md#conditions-on-rows)")
          .without("none");

  static final Setting<String> DELETED =
      Setting.of(
              "deleted",
              CONDITION,
              "an SQL condition, `\"not active\"`: a row that it holds for counts as deleted")
          .within("as `where`")
          .without("none");

  private static final Setting<TableId> PART_TABLE =
      Setting.required("table", TABLE_NAME, "parts, under that name in `data`").within(AS_ABOVE);

  static final Setting<List<String>> KEY =
      Setting.required(
              "key",
              COLUMNS,
              "columns that hold the primary key of the row they belong to, or what `to` names of"
                  + " it, in its order")
          .within(
              "in the replica identity; [types](mapping.md#which-tables-can-be-captured) that can be"
                  + " compared");

  static final Setting<List<String>> TO =
      Setting.of(
              "to",
              COLUMNS,
              "the columns of the row they belong to that `key` holds. Not of a part's part")
          .within(
              "unique, not null, in that table's replica identity, the same in all parts of an"
                  + " entity")
          .without("its primary key");

  static final Setting<String> PREFIX =
      Setting.of(
              "prefix",
              ANY,
              "stands before the other row's key in the one column of `key`: `\"sale.order,\"`. A row"
                  + " with another prefix belongs to nothing")
          .within("`key` of one column")
          .without("none");

  static final Setting<List<String>> ORDER_BY =
      Setting.of(
              "order-by",
              COLUMNS,
              "columns, each as in SQL: `[line_no desc nulls last, id]`; then the primary key."
                  + " Numbers as numbers, dates as dates, else text by code point; null is last, or"
                  + " first after `desc`, unless said")
          .within("columns of the part")
          .without("the primary key");

  private static final Setting<String> PART_WHERE =
      Setting.of("where", CONDITION, "an SQL condition on the part's own columns")
          .within(AS_ABOVE)
          .without("none");

  private static final Setting<TableId> OTHER_TABLE =
      Setting.required("table", TABLE_NAME, "a row that it names, under that name in `data`")
          .within(AS_ABOVE);

  private static final Setting<List<String>> OTHER_KEY =
      Setting.required(
              "key",
              COLUMNS,
              "columns that hold that row's primary key, or what `to` names of it. Named as its key"
                  + " column, a reference takes the place of the plain value")
          .within(COMPARABLE);

  private static final Setting<List<String>> OTHER_TO =
      Setting.of("to", COLUMNS, "the columns of the other row that `key` holds")
          .within("unique")
          .without("its primary key");

  private static final Setting<String> OTHER_PREFIX =
      Setting.of(
              "prefix",
              ANY,
              "as of parts: `\"stock.picking,\"` where the column holds `stock.picking,12`. A value"
                  + " with another prefix names nothing")
          .within("`key` of one column")
          .without("none");

  private static final Setting<YamlNode> OTHER_ATTRIBUTES =
      Setting.of(
              "attributes",
              new MappingOr(
                  COLUMNS,
                  ObjectSetting.of(
                          Setting.of(
                                  "exclude",
                                  COLUMNS,
                                  "columns of the other row that are not embedded")
                              .within("not together with `include`")
                              .without("none"),
                          Setting.of("include", COLUMNS, "the only ones that are")
                              .within("not together with `exclude`")
                              .without("all"))
                      .named("embedded")),
              "which columns of the other row are embedded: a mapping, or a list, which is the same"
                  + " as `include`")
          .without("all");

  private static final Setting<String> OTHER_WHERE =
      Setting.of(
              "where",
              CONDITION,
              "an SQL condition on the other row; one that it does not hold for is null")
          .within(AS_ABOVE)
          .without("none");

  /** A row that another one names, whichever does. */
  static final Setting<Fields> REFERS =
      Setting.of(
          "refers",
          named(reference(1)),
          "rows that it names: looked up and embedded. A change to them is no event of it");

  private static final Setting<Fields> PART_REFERS =
      Setting.of("refers", REFERS.value(), "references of the part, as below")
          .without("none")
          .asAbove();

  /** A part of a part, which has none again. */
  static final ObjectSetting<?> INNERMOST =
      ObjectSetting.of(PART_TABLE, KEY, PREFIX, ORDER_BY, ATTRIBUTES, PART_WHERE, PART_REFERS)
          .named("innermost");

  /** A part. */
  static final ObjectSetting<?> PART =
      ObjectSetting.of(
              PART_TABLE,
              KEY,
              TO,
              PREFIX,
              ORDER_BY,
              ATTRIBUTES,
              PART_WHERE,
              Setting.of(
                      "contains",
                      named(INNERMOST),
                      "parts of the part, with the same keys; these have none again")
                  .within("two deep")
                  .without("none")
                  .asAbove(),
              PART_REFERS)
          .named("part");

  static final Setting<Fields> CONTAINS =
      Setting.of(
          "contains",
          named(PART),
          "parts: rows that belong to it. A changed one is an Updated of the entity; data carries"
              + " all of them as a list");

  /** How many columns an entity's events may be found by. */
  static final int MAX_INDEX = 8;

  static final Setting<List<String>> INDEX =
      Setting.of(
              "index",
              new Many<>(Value.text(EntitiesFileReader::column), 0, MAX_INDEX, true),
              "columns by whose value [deliveries and events are"
                  + " found](operating.md#finding-deliveries-by-a-column), beside the id:"
                  + " `[order_no, customer_id]`. From then on; a value's first 200 characters")
          .within("columns that are sent")
          .without("none");

  /** An entity. */
  public static final ObjectSetting<EntityType> ENTITY =
      ObjectSetting.<EntityType>empty()
          .with(TABLE, EntityType::table)
          .with(ID, EntityType::id)
          .with(ATTRIBUTES, EntityType::attributes)
          .with(WHERE, EntityType::where)
          .with(DELETED, EntityType::deleted)
          .with(CONTAINS, EntityType::parts)
          .with(REFERS, EntityType::references)
          .with(INDEX, EntityType::index);

  private EntitySettings() {}

  /** A row that another one names, and at the last depth names none. */
  static ObjectSetting<?> reference(int depth) {
    ObjectSetting<?> reference =
        depth == DEPTH
            ? ObjectSetting.of(
                OTHER_TABLE, OTHER_KEY, OTHER_TO, OTHER_PREFIX, OTHER_ATTRIBUTES, OTHER_WHERE)
            : ObjectSetting.of(
                OTHER_TABLE,
                OTHER_KEY,
                OTHER_TO,
                OTHER_PREFIX,
                OTHER_ATTRIBUTES,
                OTHER_WHERE,
                Setting.of(
                        "refers",
                        named(reference(depth + 1)),
                        "what that row names, with the same keys")
                    .within("four deep")
                    .without("none")
                    .asAbove());
    return reference.named("reference" + depth);
  }

  private static Value<Fields> named(ObjectSetting<?> object) {
    return new Named(new Mapping(object), NAMES, 0, Integer.MAX_VALUE);
  }
}
