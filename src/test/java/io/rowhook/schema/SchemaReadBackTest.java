package io.rowhook.schema;

import static io.rowhook.schema.Erp.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values of all types, in an entity, in a part and in a reference: the same wherever they come from
 * (the log, or read back), and as {@code docs/mapping.md} says. One document has one column of each
 * type, and a part and a referred row with the same columns and values.
 */
class SchemaReadBackTest {

  /**
   * @param expected JSON with ' for "; empty where only the sameness matters
   */
  private record Value(String type, String literal, String expected) {}

  private static final Map<String, Value> COLUMNS = new LinkedHashMap<>();

  static {
    column("small", "smallint", "-32768", "-32768");
    column("huge", "bigint", "9223372036854775807", "9223372036854775807");
    column("an_oid", "oid", "4294967295", "4294967295");
    column("one_char", "\"char\"", "'x'", "'x'");
    column("a_name", "name", "'public'", "'public'");
    column("mood", "ext.mood", "'very happy'", "'very happy'");
    column("moods", "ext.mood[]", "'{sad,NULL,\"very happy\"}'", "['sad',null,'very happy']");
    column("hash", "ext.hstore", "'a=>1, b=>NULL'", "{'a':'1','b':null}");
    column("hashes", "ext.hstore[]", "ARRAY['a=>1'::ext.hstore]", "[{'a':'1'}]");
    column("ci", "ext.citext", "'Ab'", "'Ab'");
    column("cis", "ext.citext[]", "'{Ab,cD}'", "['Ab','cD']");
    column("qty", "ext.qty", "7", "7");
    column("qty2", "ext.qty2", "7", "7");
    column("qtys", "ext.qty[]", "'{1,NULL,3}'", "[1,null,3]");
    column("qty_list", "ext.qty_list", "'{1,2}'", "[1,2]");
    column("price", "ext.price", "1.50", "1.50");
    column("prices", "ext.price[]", "'{1.50,2.00}'", "[1.50,2.00]");
    column("d_mood", "ext.d_mood", "'sad'", "'sad'");
    column("d_moods", "ext.d_mood[]", "'{sad}'", "['sad']");
    column("d_json", "ext.d_json", "'{\"a\":1.10}'", "{'a':1.10}");
    column("addr", "ext.addr", "ROW('x y', 1)", "'(\\'x y\\',1)'".replace("\\'", "\\\""));
    column("addrs", "ext.addr[]", "ARRAY[ROW('x', 1)::ext.addr]", "['(x,1)']");
    column("semicolon", "text[]", "ARRAY['a;b','c,d']", "['a;b','c,d']");
    column(
        "odd_texts",
        "text[]",
        "ARRAY['NULL', NULL, '', E'a\\\\b', '{}', ' x ']",
        "['NULL',null,'','a\\\\b','{}',' x ']");
    column("boxes", "box[]", "'{(1,1),(0,0);(2,2),(1,1)}'", "['(1,1),(0,0)','(2,2),(1,1)']");
    column("matrix", "int[]", "'{{1,2},{3,4}}'", "[[1,2],[3,4]]");
    column("bounds", "int[]", "'[0:1]={5,6}'", "[5,6]");
    column("nothing", "int[]", "'{}'", "[]");
    column("flags", "boolean[]", "'{t,f,NULL}'", "[true,false,null]");
    column("blobs", "bytea[]", "ARRAY['\\xdead'::bytea, '']", "['3q0=','']");
    column("blob", "bytea", "'\\xdeadbeef'", "'3q2+7w=='");
    column("times", "timestamptz[]", "'{2026-05-24 15:20:44+02}'", "['2026-05-24T13:20:44Z']");
    column("days", "date[]", "'{infinity,2026-05-24}'", "['infinity','2026-05-24']");
    column("docs", "jsonb[]", "ARRAY['{\"a\":1.10}'::jsonb,'null']", "[{'a':1.10},null]");
    column("spans", "interval[]", "'{1 day 2 hours}'", "");
    column("uuids", "uuid[]", "'{00000000-0000-0000-0000-00000000000a}'", "");
    column("zones", "timetz[]", "'{10:00+02}'", "");
    column("tz", "timetz", "'13:20:44.5+02'", "'11:20:44.5Z'");
    column("tz_day", "timetz", "'00:30:00+02'", "'22:30:00Z'");
    column("day_end", "time", "'24:00:00'", "");
    column("span", "interval", "'1 year 2 mons 3 days 04:05:06.789'", "'P1Y2M3DT4H5M6.789S'");
    column("span_back", "interval", "'-1 day +02:03:04'", "");
    column("span_none", "interval", "'0'", "'PT0S'");
    column("bits", "bit(3)", "B'101'", "'101'");
    column("varbits", "varbit", "B'10'", "'10'");
    column("flag_bit", "bit(1)", "B'1'", "'1'");
    column("net", "inet", "'10.0.0.1/8'", "'10.0.0.1/8'");
    column("tag", "xml", "'<a>1</a>'", "'<a>1</a>'");
    column("words", "tsvector", "'a b'", "");
    column("range", "int4range", "'[1,5)'", "'[1,5)'");
    column("ranges", "int4range[]", "ARRAY['[1,5)'::int4range]", "['[1,5)']");
    column("multi", "int4multirange", "'{[1,5),[7,9)}'", "'{[1,5),[7,9)}'");
    column("my_range", "ext.prices", "'[1.5,2.5)'", "'[1.5,2.5)'");
    column("cash", "money", "12.5", "12.50");
    column("padded", "char(5)", "'ab'", "'ab   '");
    column("exact", "jsonb", "'{\"n\":12345678901234567890.10}'", "{'n':12345678901234567890.10}");
    column("json_null", "json", "'null'", "null");
    column("json_text", "json", "'\"x\"'", "'x'");
    column("nan", "numeric", "'NaN'", "'NaN'");
    column("infinite", "float8", "'-Infinity'", "'-Infinity'");
    column("tenth", "real", "0.1", "0.1");
    column("third", "float8", "1/3.0", "0.3333333333333333");
    column("big_float", "float8", "1e300", "");
    column("minus_zero", "float8", "'-0'", "");
    column("ides", "timestamp", "'0044-03-15 12:00:00 BC'", "'-0043-03-15T12:00:00'");
    column("far", "date", "'12345-01-02'", "'+12345-01-02'");
    column("never", "timestamptz", "'infinity'", "'infinity'");
    column("first_year", "timestamp", "'0001-01-01 00:00:00'", "'0001-01-01T00:00:00'");
    column("points", "point[]", "ARRAY['(1,2)'::point]", "['(1,2)']");
    column("lsn", "pg_lsn", "'16/B374D848'", "'16/B374D848'");
    column("path", "jsonpath", "'$.a'", "");
    column("emoji", "text", "E'\\U0001F600 \\t \\\\'", "");
    column("absent", "ext.qty[]", "NULL", "null");
  }

  private static void column(String name, String type, String literal, String expected) {
    COLUMNS.put(name, new Value(type, literal, expected));
  }

  @TempDir static Path directory;
  private static Erp erp;
  private static JsonNode created;
  private static JsonNode touched;

  @BeforeAll
  static void writeADocument() {
    String columns =
        COLUMNS.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue().type())
            .collect(Collectors.joining(", "));
    erp =
        new Erp(
            directory,
            "CREATE SCHEMA ext",
            "CREATE EXTENSION hstore SCHEMA ext",
            "CREATE EXTENSION citext SCHEMA ext",
            "CREATE TYPE ext.mood AS ENUM ('sad', 'very happy')",
            "CREATE DOMAIN ext.qty AS int CHECK (VALUE > 0)",
            "CREATE DOMAIN ext.qty2 AS ext.qty",
            "CREATE DOMAIN ext.qty_list AS int[]",
            "CREATE DOMAIN ext.price AS numeric(10,2)",
            "CREATE DOMAIN ext.d_mood AS ext.mood",
            "CREATE DOMAIN ext.d_json AS jsonb",
            "CREATE TYPE ext.addr AS (street text, no int)",
            "CREATE TYPE ext.prices AS RANGE (subtype = numeric)",
            "CREATE TABLE place (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, " + columns + ")",
            "CREATE TABLE doc (id bigserial PRIMARY KEY, place int, serial_no serial, small_no"
                + " smallserial, touch int, "
                + columns
                + ")",
            "CREATE TABLE doc_part (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, doc"
                + " bigint, no smallserial, "
                + columns
                + ")",
            "CREATE INDEX ON doc_part (doc)",
            "ALTER TABLE doc REPLICA IDENTITY FULL",
            "ALTER TABLE doc_part REPLICA IDENTITY FULL");
    erp.entities(
            """
            Doc:
              table: doc
              contains: { parts: { table: doc_part, key: doc, order-by: no } }
              refers: { place_row: { table: place, key: place } }
            """)
        .start();
    String names = String.join(", ", COLUMNS.keySet());
    String values =
        COLUMNS.values().stream()
            .map(value -> "(" + value.literal() + ")::" + value.type())
            .collect(Collectors.joining(", "));
    erp.sql(
        "INSERT INTO place (" + names + ") SELECT " + values,
        "BEGIN; INSERT INTO doc (place, "
            + names
            + ") SELECT 1, "
            + values
            + "; INSERT INTO doc_part (doc, "
            + names
            + ") SELECT 1, "
            + values
            + "; COMMIT");
    created = erp.await("Doc Created 1");
    erp.sql("INSERT INTO doc_part (doc, tenth) VALUES (1, 0.5)");
    touched = erp.await("Doc Updated 1"); // all of the document is read back now
  }

  @AfterAll
  static void close() {
    erp.close();
  }

  @TestFactory
  Stream<DynamicTest> aValueIsTheSameInEntityPartAndReference() {
    return COLUMNS.entrySet().stream()
        .map(column ->
            DynamicTest.dynamicTest(
                column.getKey() + " " + column.getValue().type(),
                () -> check(column.getKey(), column.getValue().expected())));
  }

  private static void check(String column, String expected) {
    Map<String, String> seen = new LinkedHashMap<>();
    seen.put("log", created.at("/data/" + column).toString());
    seen.put("part", created.at("/data/parts/0/" + column).toString());
    seen.put("reference", created.at("/data/place_row/" + column).toString());
    seen.put("read back", touched.at("/data/" + column).toString());
    seen.put("part read back", touched.at("/data/parts/0/" + column).toString());
    seen.put("part before", touched.at("/previous/parts/0/" + column).toString());
    String wanted = expected.isEmpty() ? created.at("/data/" + column).toString() : json(expected);
    List<String> other = new ArrayList<>();
    seen.forEach((where, value) -> {
      if (!value.equals(wanted)) {
        other.add(where + " " + value);
      }
    });
    assertThat(other).as("is not " + wanted).isEmpty();
  }

  @Test
  void serialAndIdentityColumnsAreNumbersWhereverTheyComeFrom() {
    for (JsonNode event : List.of(created, touched)) {
      assertThat(event.at("/data/id").toString()).isEqualTo("1");
      assertThat(event.at("/data/serial_no").toString()).isEqualTo("1");
      assertThat(event.at("/data/small_no").toString()).isEqualTo("1");
      assertThat(event.at("/data/place_row/id").toString()).isEqualTo("1");
      assertThat(event.at("/data/parts/0/id").toString()).isEqualTo("1");
      assertThat(event.at("/data/parts/0/doc").toString()).isEqualTo("1");
      assertThat(event.at("/data/parts/0/no").toString()).isEqualTo("1");
      assertThat(event.has("unavailable")).isFalse();
    }
    assertThat(touched.at("/data/parts")).hasSize(2);
    assertThat(touched.at("/previous/parts")).hasSize(1);
  }
}
