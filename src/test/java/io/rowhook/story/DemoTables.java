package io.rowhook.story;

/** The demo's tables, with all that its entities need. */
final class DemoTables {

  static final String[] STATEMENTS = {
    "CREATE SCHEMA crm",
    "CREATE SCHEMA sales",
    "CREATE TABLE public.article (id bigint PRIMARY KEY, sku text, name text,"
        + " price numeric(12,2), stock int)",
    "CREATE TABLE public.uncaptured (n int)",
    "CREATE TABLE crm.customer (customer_id bigint PRIMARY KEY, name text, email text,"
        + " phone text, newsletter boolean)",
    "CREATE TABLE sales.sales_order (order_id bigint PRIMARY KEY, customer_id bigint,"
        + " status text, total numeric(12,2), ordered_at timestamptz)",
    "CREATE TABLE sales.order_line (order_id bigint NOT NULL REFERENCES sales.sales_order"
        + " ON UPDATE CASCADE ON DELETE CASCADE, line_no int NOT NULL, article_id bigint,"
        + " quantity int, PRIMARY KEY (order_id, line_no))",
    "CREATE TABLE sales.serial (serial text PRIMARY KEY, order_id bigint NOT NULL, line_no int"
        + " NOT NULL, FOREIGN KEY (order_id, line_no) REFERENCES sales.order_line ON UPDATE"
        + " CASCADE ON DELETE CASCADE)",
    "CREATE INDEX ON sales.serial (order_id, line_no)",
    "ALTER TABLE sales.order_line REPLICA IDENTITY FULL",
    "ALTER TABLE sales.serial REPLICA IDENTITY FULL",
    "ALTER TABLE public.article REPLICA IDENTITY FULL",
    "ALTER TABLE crm.customer REPLICA IDENTITY FULL",
    "ALTER TABLE sales.sales_order REPLICA IDENTITY FULL"
  };

  private DemoTables() {}
}
