-- The tables of the example, and rows that are older than Rowhook.

CREATE SCHEMA crm;
CREATE SCHEMA sales;

CREATE TABLE crm.customer (
  customer_id bigint PRIMARY KEY, name text NOT NULL, email text, phone text);

CREATE TABLE sales.sales_order (
  order_id bigint PRIMARY KEY, number text NOT NULL, customer_id bigint NOT NULL REFERENCES crm.customer,
  status text NOT NULL, carrier text, tracking text, internal_note text);

CREATE TABLE sales.order_line (
  order_id bigint REFERENCES sales.sales_order, line_no int, sku text NOT NULL, quantity int NOT NULL,
  price numeric(12,2) NOT NULL, PRIMARY KEY (order_id, line_no));

-- So that the log has the old row: "changed" and ".previous" need it.
ALTER TABLE sales.sales_order REPLICA IDENTITY FULL;
ALTER TABLE sales.order_line REPLICA IDENTITY FULL;

INSERT INTO crm.customer VALUES (4, 'Ada Holm', 'ada@example.com', '+45 55 50 00');
