# where and deleted: rows that are not so do not exist for us, whatever else is in their table.

=== entities.yaml
Order:
  table: sales.doc
  where: "company_id = 1 AND kind = 'order'"
  deleted: "not active"
  attributes: { exclude: [company_id] }
  contains:
    lines: { table: sales.doc_line, key: doc, order-by: no, where: "quantity > 0" }
  refers:
    partner: { table: crm.partner, key: partner, attributes: name, where: is_company }
Invoice:
  table: sales.doc
  where: kind = 'invoice'

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Order, attributes: brief }
  - { entity: Invoice, attributes: bill }

=== templates/brief.jslt
{ "data": .data, "changed": .changed, "previous": .previous }

=== templates/bill.jslt
{ "id": .entityId, "changed": .changed }

=== setup
CREATE TABLE crm.partner (id int PRIMARY KEY, name text, is_company boolean);
CREATE TABLE sales.doc (id int PRIMARY KEY, company_id int, kind varchar(9), active boolean, partner int, note text);
CREATE TABLE sales.doc_line (id int PRIMARY KEY, doc int, no int, quantity numeric(9,2));
CREATE INDEX ON sales.doc_line (doc);
ALTER TABLE sales.doc REPLICA IDENTITY FULL;
ALTER TABLE sales.doc_line REPLICA IDENTITY FULL;
INSERT INTO crm.partner VALUES (1, 'Ada', false), (2, 'Acme', true);

=== sql Only what matches is told: an order of another company is none, a line without a quantity is none.
BEGIN;
INSERT INTO sales.doc VALUES (1, 2, 'order', true, 2, NULL), (2, 1, 'order', true, 2, NULL), (3, 1, 'invoice', true, 1, NULL);
INSERT INTO sales.doc_line VALUES (1, 1, 1, 5), (2, 2, 2, 7), (3, 2, 1, 0);
COMMIT;

=== shop
order.created {"data": {"id": 2, "kind": "order", "active": true, "partner": {"name": "Acme"}, "note": null, "lines": [{"id": 2, "doc": 2, "no": 2, "quantity": 7.00}]}, "changed": [], "previous": {}}
invoice.created {"id": 3, "changed": []}

=== sql A line that begins to match is an Updated; one that does not, and one of an order that does not, are nothing.
UPDATE sales.doc_line SET quantity = 6 WHERE id = 1;
UPDATE sales.doc_line SET no = 9 WHERE id = 3;
UPDATE sales.doc_line SET quantity = 1 WHERE id = 3;

=== shop
order.updated {"data": {"id": 2, "kind": "order", "active": true, "partner": {"name": "Acme"}, "note": null, "lines": [{"id": 2, "doc": 2, "no": 2, "quantity": 7.00}, {"id": 3, "doc": 2, "no": 9, "quantity": 1.00}]}, "changed": ["lines"], "previous": {"lines": [{"id": 2, "doc": 2, "no": 2, "quantity": 7.00}]}}

=== sql One that no longer matches is deleted, with its lines as they were.
UPDATE sales.doc SET active = false, note = 'gone' WHERE id = 2;

=== shop
order.deleted {"data": {"id": 2, "kind": "order", "active": true, "partner": {"name": "Acme"}, "note": null, "lines": [{"id": 2, "doc": 2, "no": 2, "quantity": 7.00}, {"id": 3, "doc": 2, "no": 9, "quantity": 1.00}]}, "changed": [], "previous": {}}

=== sql Meanwhile nothing of it is told; the invoice is, so that all of it has been read.
UPDATE sales.doc_line SET quantity = 8 WHERE id = 2;
UPDATE sales.doc SET note = 'still gone' WHERE id = 2;
UPDATE sales.doc SET note = 'paid' WHERE id = 3;

=== shop
invoice.updated {"id": 3, "changed": ["note"]}

=== sql Its return is a Created, and the partner that is no company does not exist.
UPDATE sales.doc SET active = true, partner = 1 WHERE id = 2;

=== shop
order.created {"data": {"id": 2, "kind": "order", "active": true, "partner": null, "note": "still gone", "lines": [{"id": 2, "doc": 2, "no": 2, "quantity": 8.00}, {"id": 3, "doc": 2, "no": 9, "quantity": 1.00}]}, "changed": [], "previous": {}}

=== sql What is hidden makes no event, as it comes and goes; from one kind to another is Deleted and Created.
UPDATE sales.doc SET company_id = 2 WHERE id = 3;
UPDATE sales.doc SET company_id = 1, active = false WHERE id = 1;
DELETE FROM sales.doc WHERE id = 1;
UPDATE sales.doc SET kind = 'invoice' WHERE id = 2;

=== shop
invoice.updated {"id": 3, "changed": ["company_id"]}
order.deleted {"data": {"id": 2, "kind": "order", "active": true, "partner": null, "note": "still gone", "lines": [{"id": 2, "doc": 2, "no": 2, "quantity": 8.00}, {"id": 3, "doc": 2, "no": 9, "quantity": 1.00}]}, "changed": [], "previous": {}}
invoice.created {"id": 2, "changed": []}

=== sql Created and no longer matching in one transaction is nothing, nor is what is deleted with its lines and was hidden.
BEGIN;
INSERT INTO sales.doc VALUES (5, 1, 'order', true, 2, NULL), (6, 1, 'order', false, 2, NULL);
INSERT INTO sales.doc_line VALUES (5, 5, 1, 5), (6, 6, 2, 7);
UPDATE sales.doc SET active = false WHERE id = 5;
COMMIT;
BEGIN;
DELETE FROM sales.doc_line WHERE doc IN (5, 6);
DELETE FROM sales.doc WHERE id IN (5, 6);
COMMIT;
DELETE FROM sales.doc WHERE id = 2;

=== shop
invoice.deleted {"id": 2, "changed": []}
