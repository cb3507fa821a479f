package io.rowhook.crash;

import java.util.List;
import java.util.Random;

/** A captured table of the story, the entity it makes, and what its rows look like. */
enum Kind {
  Article("public.article", "id", false),
  Customer("crm.customer", "code", true),
  Order("sales.sales_order", "order_id", false);

  /** Beyond a page, and not compressed, so that PostgreSQL keeps it out of the row (TOAST). */
  private static final int LARGE_TEXT_CHARACTERS = 2500;

  /** So many bulk articles have so large a text that one transaction passes the memory limit. */
  static final int HUGE_TEXT_CHARACTERS = 64 * 1024;

  final String table;
  final String key;
  private final boolean text;

  Kind(String table, String key, boolean text) {
    this.table = table;
    this.key = key;
    this.text = text;
  }

  /** The statements that make all tables; two of them are not captured. */
  static List<String> tables() {
    return List.of(
        "CREATE SCHEMA crm",
        "CREATE SCHEMA sales",
        """
        CREATE TABLE public.article(
          id bigint PRIMARY KEY, version bigint NOT NULL, name text, stock int, price numeric(12,2),
          described bigint, description text)\
        """,
        "ALTER TABLE public.article ALTER description SET STORAGE EXTERNAL",
        """
        CREATE TABLE crm.customer(
          code text PRIMARY KEY, version bigint NOT NULL, name text, email text)\
        """,
        """
        CREATE TABLE sales.sales_order(
          order_id bigint PRIMARY KEY, version bigint NOT NULL, name text, total numeric(14,4))\
        """,
        "ALTER TABLE public.article REPLICA IDENTITY FULL",
        "ALTER TABLE crm.customer REPLICA IDENTITY FULL",
        "ALTER TABLE sales.sales_order REPLICA IDENTITY FULL",
        "CREATE TABLE public.noise(id bigserial PRIMARY KEY, said text)",
        "CREATE TABLE public.committed(token text PRIMARY KEY)");
  }

  /** For {@code entities.yaml}. */
  static String entitiesYaml() {
    StringBuilder yaml = new StringBuilder();
    for (Kind kind : values()) {
      yaml.append(kind).append(":\n  table: ").append(kind.table).append('\n');
    }
    return yaml.toString();
  }

  /** The key's value of one entity, as a recipient gets it in text. */
  String id(long number) {
    return text ? "C-" + number : Long.toString(number);
  }

  /** The key's value, for a parameter. */
  Object parameter(long number) {
    return text ? id(number) : number;
  }

  /** What the column {@code name} holds, so that a recipient can tell a wrong row. */
  static String name(EntityKey key, long version) {
    return key + " v" + version;
  }

  /** What the column {@code description} holds: the same for the same entity and version. */
  static String largeText(EntityKey key, long described, int characters) {
    Random random = new Random(key.number() * 31 + described);
    StringBuilder text = new StringBuilder(characters + 16);
    text.append(described).append(':');
    while (text.length() < characters) {
      text.append(Long.toString(random.nextLong() & Long.MAX_VALUE, 36));
    }
    return text.toString();
  }

  static int textSize(EntityKey key) {
    return key.number() >= EntityKey.FIRST_HUGE ? HUGE_TEXT_CHARACTERS : LARGE_TEXT_CHARACTERS;
  }
}
