-- A small, believable ERP for the demo and docker-compose.yml, and what its administrator gives Rowhook: no
-- superuser, no write access. PostgreSQL's image runs this once, when it makes the database.

CREATE SCHEMA crm;
CREATE SCHEMA sales;

CREATE TABLE article (
  id bigint PRIMARY KEY, sku text NOT NULL UNIQUE, name text NOT NULL,
  price numeric(12,2) NOT NULL, stock int NOT NULL);

CREATE TABLE crm.customer (
  customer_id bigint PRIMARY KEY, name text NOT NULL, email text, phone text,
  newsletter boolean NOT NULL);

CREATE TABLE sales.sales_order (
  order_id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES crm.customer,
  status text NOT NULL, total numeric(12,2) NOT NULL, ordered_at timestamptz NOT NULL);

CREATE TABLE sales.order_line (
  order_id bigint REFERENCES sales.sales_order, line_no int, article_id bigint NOT NULL,
  quantity int NOT NULL, price numeric(12,2) NOT NULL, PRIMARY KEY (order_id, line_no));

-- So that the log has the whole old row: for what changed, and for the last row of what is gone.
ALTER TABLE article REPLICA IDENTITY FULL;
ALTER TABLE crm.customer REPLICA IDENTITY FULL;
ALTER TABLE sales.sales_order REPLICA IDENTITY FULL;
ALTER TABLE sales.order_line REPLICA IDENTITY FULL;

-- Rows that are older than Rowhook: nobody is told of them.
INSERT INTO article VALUES
  (1, 'CUP-01', 'Cup, white', 8.90, 40), (2, 'POT-01', 'Teapot', 25.90, 12),
  (3, 'POT-09', 'Teapot, discontinued', 19.90, 0), (4, 'TEA-11', 'Darjeeling, 250 g', 11.40, 80);
INSERT INTO crm.customer VALUES
  (1, 'Bergmann KG', 'einkauf@example.com', '+49 30 5550', true),
  (2, 'Maria Oliveira', 'maria@example.com', NULL, false),
  (3, 'Søren Holm', 'soren@example.com', '+45 55 50 00', true);
INSERT INTO sales.sales_order VALUES (1001, 1, 'shipped', 89.00, now() - interval '2 days');
INSERT INTO sales.order_line VALUES (1001, 1, 1, 10, 8.90);

-- It may replicate, which reading the log takes, and select from what is captured or looked up. The publication is made
-- here and not by Rowhook: only a table's owner can put it into one, and could also change and drop it.
CREATE ROLE rowhook LOGIN REPLICATION PASSWORD 'rowhook';
GRANT USAGE ON SCHEMA public, crm, sales TO rowhook;
GRANT SELECT ON article, crm.customer, sales.sales_order, sales.order_line TO rowhook;
CREATE PUBLICATION rowhook FOR TABLE article, crm.customer, sales.sales_order, sales.order_line;
