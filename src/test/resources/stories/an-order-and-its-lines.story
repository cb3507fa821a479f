# Rows of a part belong to their entity (feature 21): one transaction, one event of the order, with all its lines
# and their serial numbers, and the customer it names.

=== entities.yaml
Order:
  table: sales.sales_order
  contains:
    lines:
      table: sales.order_line
      key: order_id
      order-by: line_no
      contains:
        serials: { table: sales.serial, key: [order_id, line_no] }
      refers:
        article: { table: public.article, key: article_id, attributes: name }
  refers:
    customer: { table: crm.customer, key: customer_id, attributes: [name, email] }

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Order, attributes: brief }

=== templates/brief.jslt
{ "id": .entityId, "status": .data.status, "customer": .data.customer, "lines": [for (.data.lines) .], "changed": .changed, "previous": .previous }

=== setup
INSERT INTO article VALUES (1, 'CUP', 'Cup', 8.90, 40), (2, 'POT', 'Pot', 25.90, 9);
INSERT INTO crm.customer VALUES (4, 'Ada', 'ada@example.com', NULL, true);
INSERT INTO sales.sales_order VALUES (6, 4, 'open', 1, NULL);
INSERT INTO sales.order_line VALUES (6, 1, 1, 9);

=== sql One transaction: an order and three lines, entered in another order than theirs.
BEGIN;
INSERT INTO sales.sales_order VALUES (7, 4, 'open', 43.70, NULL);
INSERT INTO sales.order_line VALUES (7, 3, 1, 1), (7, 1, 1, 2);
INSERT INTO sales.order_line VALUES (7, 2, 2, 1);
INSERT INTO sales.serial VALUES ('S-1', 7, 2);
COMMIT;

=== shop
order.created {"id": 7, "status": "open", "customer": {"name": "Ada", "email": "ada@example.com"}, "lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}, {"order_id": 7, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-1", "order_id": 7, "line_no": 2}], "article": {"name": "Pot"}}, {"order_id": 7, "line_no": 3, "article_id": 1, "quantity": 1, "serials": [], "article": {"name": "Cup"}}], "changed": [], "previous": {}}

=== sql A changed line is an Updated order.
UPDATE sales.order_line SET quantity = 5 WHERE order_id = 7 AND line_no = 3;

=== shop
order.updated {"id": 7, "status": "open", "customer": {"name": "Ada", "email": "ada@example.com"}, "lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}, {"order_id": 7, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-1", "order_id": 7, "line_no": 2}], "article": {"name": "Pot"}}, {"order_id": 7, "line_no": 3, "article_id": 1, "quantity": 5, "serials": [], "article": {"name": "Cup"}}], "changed": ["lines"], "previous": {"lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}, {"order_id": 7, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-1", "order_id": 7, "line_no": 2}], "article": {"name": "Pot"}}, {"order_id": 7, "line_no": 3, "article_id": 1, "quantity": 1, "serials": [], "article": {"name": "Cup"}}]}}

=== sql A line that moves from one order to another makes both Updated; so does the serial number of its line.
UPDATE sales.order_line SET order_id = 6, line_no = 2 WHERE order_id = 7 AND line_no = 2;

=== shop
order.updated {"id": 7, "status": "open", "customer": "*", "lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}, {"order_id": 7, "line_no": 3, "article_id": 1, "quantity": 5, "serials": [], "article": {"name": "Cup"}}], "changed": ["lines"], "previous": {"lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}, {"order_id": 7, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-1", "order_id": 7, "line_no": 2}], "article": {"name": "Pot"}}, {"order_id": 7, "line_no": 3, "article_id": 1, "quantity": 5, "serials": [], "article": {"name": "Cup"}}]}}
order.updated {"id": 6, "status": "open", "customer": "*", "lines": [{"order_id": 6, "line_no": 1, "article_id": 1, "quantity": 9, "serials": [], "article": {"name": "Cup"}}, {"order_id": 6, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-1", "order_id": 6, "line_no": 2}], "article": {"name": "Pot"}}], "changed": ["lines"], "previous": {"lines": [{"order_id": 6, "line_no": 1, "article_id": 1, "quantity": 9, "serials": [], "article": {"name": "Cup"}}]}}

=== sql A part of a part, alone; then a change of the customer, which is no event of the order; then one that changes nothing.
UPDATE sales.serial SET serial = 'S-2';
UPDATE crm.customer SET name = 'Ada L.';
UPDATE sales.order_line SET quantity = quantity;

=== shop
order.updated {"id": 6, "status": "open", "customer": "*", "lines": [{"order_id": 6, "line_no": 1, "article_id": 1, "quantity": 9, "serials": [], "article": {"name": "Cup"}}, {"order_id": 6, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-2", "order_id": 6, "line_no": 2}], "article": {"name": "Pot"}}], "changed": ["lines"], "previous": {"lines": [{"order_id": 6, "line_no": 1, "article_id": 1, "quantity": 9, "serials": [], "article": {"name": "Cup"}}, {"order_id": 6, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-1", "order_id": 6, "line_no": 2}], "article": {"name": "Pot"}}]}}

=== sql Root and parts together; an order that comes and goes in one transaction is none.
BEGIN;
UPDATE sales.sales_order SET status = 'packed' WHERE order_id = 7;
DELETE FROM sales.order_line WHERE order_id = 7 AND line_no = 3;
UPDATE sales.sales_order SET status = 'shipped' WHERE order_id = 7;
INSERT INTO sales.sales_order VALUES (8, 4, 'open', 1, NULL);
INSERT INTO sales.order_line VALUES (8, 1, 1, 1);
DELETE FROM sales.sales_order WHERE order_id = 8;
COMMIT;

=== shop
order.updated {"id": 7, "status": "shipped", "customer": "*", "lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}], "changed": ["status", "lines"], "previous": {"status": "open", "lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}, {"order_id": 7, "line_no": 3, "article_id": 1, "quantity": 5, "serials": [], "article": {"name": "Cup"}}]}}

=== sql Deleted by cascade, with its lines; another id is a Deleted and a Created.
DELETE FROM sales.sales_order WHERE order_id = 6;
UPDATE sales.sales_order SET order_id = 9 WHERE order_id = 7;

=== shop
order.deleted {"id": 6, "status": "open", "customer": {"name": "Ada L.", "email": "ada@example.com"}, "lines": [{"order_id": 6, "line_no": 1, "article_id": 1, "quantity": 9, "serials": [], "article": {"name": "Cup"}}, {"order_id": 6, "line_no": 2, "article_id": 2, "quantity": 1, "serials": [{"serial": "S-2", "order_id": 6, "line_no": 2}], "article": {"name": "Pot"}}], "changed": [], "previous": {}}
order.deleted {"id": 7, "status": "shipped", "customer": {"name": "Ada L.", "email": "ada@example.com"}, "lines": [{"order_id": 7, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}], "changed": [], "previous": {}}
order.created {"id": 9, "status": "shipped", "customer": {"name": "Ada L.", "email": "ada@example.com"}, "lines": [{"order_id": 9, "line_no": 1, "article_id": 1, "quantity": 2, "serials": [], "article": {"name": "Cup"}}], "changed": [], "previous": {}}
