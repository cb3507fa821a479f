# Which key a row has is for PostgreSQL to say: a citext, a char(n), a collation without regard to case, 1.0 and 1.

=== entities.yaml
Ticket:
  table: sales.ticket
  contains:
    notes: { table: sales.note, key: ticket, order-by: no, contains: { tags: { table: sales.tag, key: [ticket, no], order-by: tag } } }
  refers:
    kind: { table: sales.kind, key: kind, attributes: [name] }
Box:
  table: sales.box
  contains:
    items: { table: sales.item, key: box, attributes: [id] }
Place:
  table: sales.place
  contains:
    shelves: { table: sales.shelf, key: place, attributes: [id] }

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Ticket, attributes: ticket }
  - { attributes: brief, entity: Box }
  - { attributes: brief, entity: Place }

=== templates/ticket.jslt
{ "id": .entityId, "kind": .data.kind, "notes": [for (.data.notes) { "no": .no, "text": .text, "tags": [for (.tags) .tag] }], "changed": .changed, "unavailable": .unavailable }

=== templates/brief.jslt
{ "id": .entityId, "items": .data.items, "shelves": .data.shelves, "changed": .changed }

=== setup
CREATE EXTENSION IF NOT EXISTS citext;
DROP COLLATION IF EXISTS caseless;
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE sales.kind (code text COLLATE caseless PRIMARY KEY, name text);
CREATE TABLE sales.ticket (code citext PRIMARY KEY, kind text);
CREATE TABLE sales.note (ticket citext, no int, text text, PRIMARY KEY (ticket, no));
CREATE TABLE sales.tag (id int PRIMARY KEY, ticket citext, no int, tag text);
CREATE TABLE sales.box (code char(5) PRIMARY KEY);
CREATE TABLE sales.item (id int PRIMARY KEY, box varchar(9));
CREATE TABLE sales.place (code text COLLATE caseless PRIMARY KEY);
CREATE TABLE sales.shelf (id int PRIMARY KEY, place text COLLATE caseless);
ALTER TABLE sales.ticket REPLICA IDENTITY FULL;
ALTER TABLE sales.note REPLICA IDENTITY FULL;
ALTER TABLE sales.tag REPLICA IDENTITY FULL;
ALTER TABLE sales.box REPLICA IDENTITY FULL;
ALTER TABLE sales.item REPLICA IDENTITY FULL;
ALTER TABLE sales.place REPLICA IDENTITY FULL;
ALTER TABLE sales.shelf REPLICA IDENTITY FULL;
INSERT INTO sales.kind VALUES ('Bug', 'A fault');

=== sql One ticket in four spellings is one event.
BEGIN;
INSERT INTO sales.ticket VALUES ('ABC', 'BUG');
INSERT INTO sales.note VALUES ('abc', 1, 'one'), ('Abc', 2, 'two');
INSERT INTO sales.tag VALUES (1, 'aBC', 1, 'x');
COMMIT;

=== shop
ticket.created {"id": "ABC", "kind": {"name": "A fault"}, "notes": [{"no": 1, "text": "one", "tags": ["x"]}, {"no": 2, "text": "two", "tags": []}], "changed": [], "unavailable": null}

=== sql Notes alone, in two spellings, and a tag in a third.
BEGIN;
UPDATE sales.note SET text = 'ONE' WHERE no = 1;
INSERT INTO sales.note VALUES ('aBc', 3, 'three');
INSERT INTO sales.tag VALUES (2, 'abC', 2, 'y');
COMMIT;

=== shop
ticket.updated {"id": "ABC", "kind": {"name": "A fault"}, "notes": [{"no": 1, "text": "ONE", "tags": ["x"]}, {"no": 2, "text": "two", "tags": ["y"]}, {"no": 3, "text": "three", "tags": []}], "changed": ["notes"], "unavailable": null}

=== sql Deleted with its notes, though no row is left that could say what they belonged to.
BEGIN;
DELETE FROM sales.tag;
DELETE FROM sales.note;
DELETE FROM sales.ticket;
COMMIT;

=== shop
ticket.deleted {"id": "ABC", "kind": {"name": "A fault"}, "notes": [{"no": 1, "text": "ONE", "tags": ["x"]}, {"no": 2, "text": "two", "tags": ["y"]}, {"no": 3, "text": "three", "tags": []}], "changed": [], "unavailable": null}

=== sql A char(5) and a varchar; a collation.
BEGIN;
INSERT INTO sales.item VALUES (1, 'ab');
INSERT INTO sales.box VALUES ('ab');
COMMIT;

=== shop
box.created {"id": "ab   ", "items": [{"id": 1}], "shelves": null, "changed": []}

=== sql
UPDATE sales.item SET id = 2;

=== shop
box.updated {"id": "ab   ", "items": [{"id": 2}], "shelves": null, "changed": ["items"]}

=== sql
BEGIN;
INSERT INTO sales.shelf VALUES (1, 'HALL'), (2, 'hall');
INSERT INTO sales.place VALUES ('Hall');
COMMIT;

=== shop
place.created {"id": "Hall", "items": null, "shelves": [{"id": 1}, {"id": 2}], "changed": []}

=== sql
BEGIN;
DELETE FROM sales.place;
DELETE FROM sales.shelf;
DELETE FROM sales.box;
DELETE FROM sales.item;
COMMIT;

=== shop
place.deleted {"id": "Hall", "items": null, "shelves": [{"id": 1}, {"id": 2}], "changed": []}
box.deleted {"id": "ab   ", "items": [{"id": 2}], "shelves": null, "changed": []}
