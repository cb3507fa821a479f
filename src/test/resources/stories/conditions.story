# A subscription has a condition on what an event says (feature 16) on what has changed or become so (17), and names its topic (52).

=== recipients/shipping.yaml
url: ${env:SHIPPING_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - entity: Order
    when: '.data.status == "shipped"'
    topic: order.shipped
    attributes: order
  - { entity: Order, events: Deleted, topic: order.gone }

=== templates/order.jslt
{ "type": .type, "id": .entityId, "status": .data.status }

=== recipients/stock.yaml
url: ${env:STOCK_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - entity: Article
    changed: [stock]
    when: .previous.stock == 0 and .data.stock > 0
    topic: article.back-in-stock
    attributes: notify
  - { entity: Article, changed: [name, sku], attributes: renamed }

=== templates/renamed.jslt
{ "type": .type, "changed": .changed }

=== recipients/portal.yaml
url: ${env:PORTAL_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Order, becomes: { status: [shipped, paid] }, attributes: order }
  - { entity: Article, becomes: { stock: 4, name: Seven }, attributes: notify }

=== setup
INSERT INTO article VALUES (7, 'A-7', 'Seven', 12.50, 0);

=== sql
INSERT INTO sales.sales_order VALUES (1, 9, 'open', 10.00, '2026-05-24T15:20:44Z');
UPDATE sales.sales_order SET status = 'packed';
UPDATE sales.sales_order SET status = 'shipped';
UPDATE sales.sales_order SET total = 11.00;
DELETE FROM sales.sales_order;
UPDATE article SET stock = 5;
UPDATE article SET stock = 4;
UPDATE article SET name = 'Acht';
UPDATE article SET price = 1.00;
INSERT INTO article VALUES (8, 'A-8', 'Eight', 12.50, 8);
INSERT INTO sales.sales_order VALUES (2, 9, 'shipped', 10.00, '2026-05-24T15:20:44Z');

# The order that was deleted was shipped, so that the first subscription decides about it too.

=== shipping
order.shipped {"type": "order.shipped", "id": 1, "status": "shipped"}
order.shipped {"type": "order.shipped", "id": 1, "status": "shipped"}
order.shipped {"type": "order.shipped", "id": 1, "status": "shipped"}
order.shipped {"type": "order.shipped", "id": 2, "status": "shipped"}

=== stock
article.back-in-stock {"EntityType": "Article", "EntityId": 7, "EntityEvent": "Updated"}
article.updated {"type": "article.updated", "changed": ["name"]}

# What has become so: changed to it, or created so; not what was so before.

=== portal
order.updated {"type": "order.updated", "id": 1, "status": "shipped"}
article.updated {"EntityType": "Article", "EntityId": 7, "EntityEvent": "Updated"}
order.created {"type": "order.created", "id": 2, "status": "shipped"}
