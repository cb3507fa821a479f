# A reference of a reference, under the column's own name too; keys with a prefix, as polymorphic references have them; orders
# downwards and with null first.

=== entities.yaml
Shipment:
  table: sales.shipment
  contains:
    moves:
      table: sales.move
      key: shipment
      prefix: "stock.shipment.out,"
      order-by: [planned desc nulls last, id]
      attributes: { exclude: [shipment_note] }
      refers:
        product:
          table: sales.product
          key: product
          attributes: [code]
          refers:
            template:
              table: sales.template
              key: template
              attributes: [name]
              refers:
                unit: { table: sales.unit, key: unit, attributes: [symbol] }
        origin: { table: sales.sales_order, key: origin, prefix: "sale.order,", attributes: [order_id, status] }

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Shipment, attributes: brief }

=== templates/brief.jslt
{ "id": .entityId, "moves": .data.moves, "previous": .previous, "unavailable": .unavailable }

=== setup
CREATE TABLE sales.unit (id serial PRIMARY KEY, symbol text);
CREATE TABLE sales.template (id serial PRIMARY KEY, name text, unit int);
CREATE TABLE sales.product (id serial PRIMARY KEY, code text, template int);
CREATE TABLE sales.shipment (id serial PRIMARY KEY, number text);
CREATE TABLE sales.move (id serial PRIMARY KEY, shipment varchar, product int, origin text, planned date, shipment_note text);
CREATE INDEX ON sales.move (shipment);
ALTER TABLE sales.shipment REPLICA IDENTITY FULL;
ALTER TABLE sales.move REPLICA IDENTITY FULL;
INSERT INTO sales.unit (symbol) VALUES ('kg');
INSERT INTO sales.template (name, unit) VALUES ('Nails', 1), ('Glue', NULL);
INSERT INTO sales.product (code, template) VALUES ('N-1', 1), ('G-1', 2);
INSERT INTO sales.sales_order VALUES (70, NULL, 'open', NULL, NULL);

=== sql
BEGIN;
INSERT INTO sales.shipment VALUES (3, 'S3'), (4, 'S4');
INSERT INTO sales.move VALUES (1, 'stock.shipment.out,3', 1, 'sale.order,70', '2026-05-01', 'x'), (2, 'stock.shipment.out,3', 2, 'purchase.order,70', '2026-06-01', 'x'), (3, 'stock.shipment.out,3', NULL, 'sale.order,x', NULL, 'x'), (4, 'stock.shipment.in,3', NULL, NULL, NULL, 'x'), (5, 'stock.shipment.out,', NULL, NULL, NULL, 'x'), (6, NULL, NULL, NULL, NULL, 'x');
COMMIT;

=== shop
shipment.created {"id": 3, "moves": [{"id": 2, "shipment": "stock.shipment.out,3", "product": {"code": "G-1", "template": {"name": "Glue", "unit": null}}, "origin": null, "planned": "2026-06-01"}, {"id": 1, "shipment": "stock.shipment.out,3", "product": {"code": "N-1", "template": {"name": "Nails", "unit": {"symbol": "kg"}}}, "origin": {"order_id": 70, "status": "open"}, "planned": "2026-05-01"}, {"id": 3, "shipment": "stock.shipment.out,3", "product": null, "planned": null}], "previous": {}, "unavailable": ["moves.origin"]}
shipment.created {"id": 4, "moves": [], "previous": {}, "unavailable": null}

=== sql A move that is deleted; one that goes from one shipment to the other updates both; one that goes elsewhere the one that it left.
DELETE FROM sales.move WHERE id = 3;

=== shop
shipment.updated {"id": 3, "moves": [{"id": 2, "shipment": "stock.shipment.out,3", "product": {"code": "G-1", "template": {"name": "Glue", "unit": null}}, "origin": null, "planned": "2026-06-01"}, {"id": 1, "shipment": "stock.shipment.out,3", "product": {"code": "N-1", "template": {"name": "Nails", "unit": {"symbol": "kg"}}}, "origin": {"order_id": 70, "status": "open"}, "planned": "2026-05-01"}], "previous": {"moves": [{"id": 2, "shipment": "stock.shipment.out,3", "product": {"code": "G-1", "template": {"name": "Glue", "unit": null}}, "origin": null, "planned": "2026-06-01"}, {"id": 1, "shipment": "stock.shipment.out,3", "product": {"code": "N-1", "template": {"name": "Nails", "unit": {"symbol": "kg"}}}, "origin": {"order_id": 70, "status": "open"}, "planned": "2026-05-01"}, {"id": 3, "shipment": "stock.shipment.out,3", "product": null, "planned": null}]}, "unavailable": null}

=== sql
UPDATE sales.move SET shipment = 'stock.shipment.out,4' WHERE id = 1;

=== shop
shipment.updated {"id": 3, "moves": [{"id": 2, "shipment": "stock.shipment.out,3", "product": {"code": "G-1", "template": {"name": "Glue", "unit": null}}, "origin": null, "planned": "2026-06-01"}], "previous": {"moves": [{"id": 2, "shipment": "stock.shipment.out,3", "product": {"code": "G-1", "template": {"name": "Glue", "unit": null}}, "origin": null, "planned": "2026-06-01"}, {"id": 1, "shipment": "stock.shipment.out,3", "product": {"code": "N-1", "template": {"name": "Nails", "unit": {"symbol": "kg"}}}, "origin": {"order_id": 70, "status": "open"}, "planned": "2026-05-01"}]}, "unavailable": null}
shipment.updated {"id": 4, "moves": [{"id": 1, "shipment": "stock.shipment.out,4", "product": {"code": "N-1", "template": {"name": "Nails", "unit": {"symbol": "kg"}}}, "origin": {"order_id": 70, "status": "open"}, "planned": "2026-05-01"}], "previous": {"moves": []}, "unavailable": null}

=== sql
UPDATE sales.move SET shipment = 'stock.shipment.in,4' WHERE id = 1;
UPDATE sales.move SET planned = now() WHERE id = 1;

=== shop
shipment.updated {"id": 4, "moves": [], "previous": {"moves": [{"id": 1, "shipment": "stock.shipment.out,4", "product": {"code": "N-1", "template": {"name": "Nails", "unit": {"symbol": "kg"}}}, "origin": {"order_id": 70, "status": "open"}, "planned": "2026-05-01"}]}, "unavailable": null}
