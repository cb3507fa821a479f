# attributes.include: only these are sent, of entities, parts and references; what keys and order need is read and not sent.

=== entities.yaml
Order:
  table: sales.sales_order
  attributes: { include: [status, total] }
  contains:
    lines:
      table: sales.order_line
      key: order_id
      order-by: line_no desc
      attributes: { include: [quantity] }
      refers:
        article: { table: article, key: article_id, attributes: { exclude: [price, stock] } }
  refers:
    customer: { table: crm.customer, key: customer_id, attributes: { include: [name] } }

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Order, attributes: brief }

=== templates/brief.jslt
{ "id": .entityId, "data": .data, "changed": .changed, "previous": .previous }

=== setup
INSERT INTO article VALUES (1, 'CUP', 'Cup', 8.90, 40), (2, 'POT', 'Pot', 25.90, 9);
INSERT INTO crm.customer VALUES (4, 'Ada', 'ada@example.com', NULL, true), (5, 'Bob', NULL, NULL, false);

=== sql
BEGIN;
INSERT INTO sales.sales_order VALUES (7, 4, 'open', 43.70, now());
INSERT INTO sales.order_line VALUES (7, 1, 1, 2), (7, 2, 2, 1);
COMMIT;

=== shop
order.created {"id": 7, "data": {"status": "open", "total": 43.70, "lines": [{"quantity": 1, "article": {"id": 2, "sku": "POT", "name": "Pot"}}, {"quantity": 2, "article": {"id": 1, "sku": "CUP", "name": "Cup"}}], "customer": {"name": "Ada"}}, "changed": [], "previous": {}}

=== sql What is not included makes no event by itself; the key of a customer shows in the customer, the order of lines in the lines.
UPDATE sales.sales_order SET ordered_at = NULL;
UPDATE sales.sales_order SET customer_id = 5;
UPDATE sales.order_line SET line_no = 3 WHERE line_no = 1;

=== shop
order.updated {"id": 7, "data": {"status": "open", "total": 43.70, "lines": "*", "customer": {"name": "Bob"}}, "changed": ["customer"], "previous": {"customer": {"name": "Ada"}}}
order.updated {"id": 7, "data": {"status": "open", "total": 43.70, "lines": [{"quantity": 2, "article": {"id": 1, "sku": "CUP", "name": "Cup"}}, {"quantity": 1, "article": {"id": 2, "sku": "POT", "name": "Pot"}}], "customer": {"name": "Bob"}}, "changed": ["lines"], "previous": {"lines": [{"quantity": 1, "article": {"id": 2, "sku": "POT", "name": "Pot"}}, {"quantity": 2, "article": {"id": 1, "sku": "CUP", "name": "Cup"}}]}}
