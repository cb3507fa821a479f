-- Some weeks of a small company, by LedgerSMB's own procedures, and as its programs write where there are none. Each
-- paragraph is one transaction.

-- the one who works here
SELECT person__save(NULL, NULL, 'Ada', NULL, 'Lovelace', 232, '1980-12-10', 'P-1');
SELECT employee__save((SELECT max(entity_id) FROM person), '2026-01-01', NULL, '1980-12-10', 'manager', '123-45', true, NULL, 'E-1', true);
INSERT INTO users (username, entity_id) VALUES (session_user, (SELECT max(entity_id) FROM person));

-- customers and vendors
SELECT company__save('C-100', 2, 'Müller & Söhne GmbH', 'DE123', NULL, '7372', 57, NULL, NULL);

SELECT eca__save(NULL, 2, (SELECT id FROM entity WHERE control_code = 'C-100'), 'main account', 0.02, false, 10000.50, 10, 30, 'CUST-1', NULL, 'en', NULL, 'USD', '2026-01-01', NULL, 0, 3, 1, NULL, NULL, NULL);

SELECT company__save('C-101', 2, 'Smith "Quotes", Inc.', NULL, NULL, NULL, 232, NULL, NULL);
SELECT eca__save(NULL, 2, (SELECT id FROM entity WHERE control_code = 'C-101'), NULL, 0, true, 0, 0, 14, NULL, NULL, 'en', NULL, 'CAD', NULL, NULL, NULL, 3, NULL, NULL, NULL, NULL);

SELECT company__save('V-200', 1, 'Paper Mill', 'US9', NULL, NULL, 232, NULL, NULL);
SELECT eca__save(NULL, 1, (SELECT id FROM entity WHERE control_code = 'V-200'), 'paper', 0, false, 0, 0, 30, 'VEND-1', NULL, 'en', NULL, 'USD', NULL, NULL, NULL, 10, NULL, 'The Mill', NULL, NULL);

SELECT eca__location_save((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), NULL, 1, 'Hauptstraße 1', NULL, NULL, 'Köln', 'NRW', '50667', 57, NULL);
SELECT eca__location_save((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), NULL, 3, 'Lager 2', 'Tor 5', NULL, 'Bonn', NULL, '53111', 57, NULL);

SELECT eca__save_contact((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), 12, 'office', 'office@example.com', NULL, NULL);
SELECT eca__save_contact((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), 1, NULL, '+49 221 1', NULL, NULL);
SELECT eca__save_notes((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), E'Pays late.\nAlways.', 'Warning');
SELECT eca__set_taxes((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), ARRAY[41]);

SELECT eca__save_contact((SELECT id FROM entity_credit_account WHERE meta_number = 'VEND-1'), 12, NULL, 'mill@example.com', NULL, NULL);

SELECT eca__save_contact((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), 12, 'office', 'orders@example.com', 'office@example.com', 12);

SELECT eca__location_save((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), (SELECT min(location_id) FROM eca_to_location), 1, 'Hauptstraße 1a', NULL, NULL, 'Köln', 'NRW', '50668', 57, 1);

SELECT entity__location_save((SELECT id FROM entity WHERE control_code = 'C-100'), NULL, 4, 'Am Hof 3', NULL, 'Köln', NULL, '50667', 57, '2026-01-05');
SELECT entity__save_contact((SELECT id FROM entity WHERE control_code = 'C-100'), 9, 'fax', '+49 221 9', NULL, NULL);
SELECT entity__save_bank_account((SELECT id FROM entity WHERE control_code = 'C-100'), NULL, 'COLSDE33', 'DE02370501980001802057', 'house bank', NULL);
SELECT entity__save_notes((SELECT id FROM entity WHERE control_code = 'C-100'), 'A note', 'Subject');

SELECT company__save('C-100', 2, 'Müller und Söhne GmbH', 'DE123', (SELECT id FROM entity WHERE control_code = 'C-100'), '7372', 57, NULL, 'L-1');

-- parts, as IC.pm writes them
INSERT INTO parts (partnumber, description, unit, listprice, sellprice, lastcost, weight, inventory_accno_id, income_accno_id, expense_accno_id) VALUES ('PAPER', 'Paper, A4', 'box', 12.00, 10.00, 6.1234, 2.5, 5, 15, 19), ('PEN', 'Pen', 'pc', 2, 1.5, 0.7, NULL, 5, 15, 19), ('HOUR', 'Consulting', 'h', 150, 120.00, NULL, NULL, NULL, 15, NULL);

INSERT INTO parts (partnumber, description, unit, sellprice, inventory_accno_id, income_accno_id, expense_accno_id, assembly) VALUES ('SET', 'Paper and pens', 'set', 12, 5, 15, 19, true);
INSERT INTO assembly (id, parts_id, qty, bom, adj) SELECT currval('parts_id_seq'), id, CASE partnumber WHEN 'PEN' THEN 3 ELSE 1 END, true, false FROM parts WHERE partnumber IN ('PAPER', 'PEN');
INSERT INTO makemodel (parts_id, make, model, barcode) SELECT id, 'Acme', 'P-1', '4006381333931' FROM parts WHERE partnumber = 'PEN';

UPDATE parts SET sellprice = 10.50, priceupdate = '2026-02-01' WHERE partnumber = 'PAPER';

SELECT pricelist__save((SELECT id FROM parts WHERE partnumber = 'PAPER'), (SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), NULL, 9.90, NULL, NULL, '2026-01-01', '2026-12-31', 'USD', NULL, 1);
SELECT pricelist__save((SELECT id FROM parts WHERE partnumber = 'PEN'), (SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), NULL, 1.2, NULL, NULL, NULL, NULL, 'USD', NULL, 10);

-- accounts
SELECT account__save(NULL, '4020', 'Services', 'I', NULL, (SELECT id FROM account_heading ORDER BY accno LIMIT 1), false, false, ARRAY['AR_amount', 'IC_income'], false, false);

SELECT account__save((SELECT id FROM account WHERE accno = '4020'), '4021', 'Services rendered', 'I', NULL, (SELECT id FROM account_heading ORDER BY accno LIMIT 1), false, false, ARRAY['IC_income', 'IC_sale'], false, false);

-- a purchase, as IR.pm writes it: the invoice, its lines, its postings, the stock
INSERT INTO ap (invnumber, transdate, duedate, amount, netamount, invoice, curr, entity_credit_account, person_id, approved) SELECT 'PI-1', '2026-02-01', '2026-03-03', 612.34, 612.34, true, 'USD', id, (SELECT entity_id FROM users LIMIT 1), false FROM entity_credit_account WHERE meta_number = 'VEND-1';
INSERT INTO invoice (trans_id, parts_id, description, qty, allocated, sellprice, fxsellprice, discount, unit) SELECT currval('id'), id, description, -100, 0, 6.1234, 6.1234, 0, unit FROM parts WHERE partnumber = 'PAPER';
INSERT INTO acc_trans (trans_id, chart_id, amount, transdate, invoice_id, approved) VALUES (currval('id'), 5, -612.34, '2026-02-01', currval('invoice_id_seq'), true), (currval('id'), 10, 612.34, '2026-02-01', NULL, true);
UPDATE parts SET onhand = onhand + 100, lastcost = 6.1234 WHERE partnumber = 'PAPER';

SELECT draft_approve((SELECT id FROM ap WHERE invnumber = 'PI-1'));

-- an order, a quotation
INSERT INTO oe (ordnumber, transdate, reqdate, amount, netamount, curr, entity_credit_account, oe_class_id, taxincluded) SELECT 'SO-1', '2026-02-03', '2026-02-10', 115.5, 105.00, 'USD', id, 1, false FROM entity_credit_account WHERE meta_number = 'CUST-1';
INSERT INTO orderitems (trans_id, parts_id, description, qty, sellprice, discount, unit, ship) SELECT currval('oe_id_seq'), id, description, 10, sellprice, 0, unit, 0 FROM parts WHERE partnumber = 'PAPER';

INSERT INTO orderitems (trans_id, parts_id, description, qty, sellprice, discount, unit, ship) SELECT o.id, p.id, p.description, 5, p.sellprice, 0.1, p.unit, 0 FROM parts p, oe o WHERE p.partnumber = 'PEN' AND o.ordnumber = 'SO-1';
UPDATE oe SET amount = 122.25 WHERE ordnumber = 'SO-1';

INSERT INTO oe (quonumber, transdate, amount, netamount, curr, entity_credit_account, oe_class_id, quotation, taxincluded) SELECT 'Q-1', '2026-02-03', 240, 240, 'USD', id, 3, true, false FROM entity_credit_account WHERE meta_number = 'CUST-1';
INSERT INTO orderitems (trans_id, parts_id, description, qty, sellprice, unit) SELECT currval('oe_id_seq'), id, description, 2, sellprice, unit FROM parts WHERE partnumber = 'HOUR';

INSERT INTO oe (ordnumber, transdate, amount, netamount, curr, entity_credit_account, oe_class_id, taxincluded) SELECT 'SO-2', '2026-02-04', 10, 10, 'USD', id, 1, false FROM entity_credit_account WHERE meta_number = 'CUST-1';
INSERT INTO orderitems (trans_id, parts_id, description, qty, sellprice, unit) SELECT currval('oe_id_seq'), id, description, 1, 10, unit FROM parts WHERE partnumber = 'PAPER';

-- the quotation becomes an order: it is closed, and the order made
UPDATE oe SET closed = true WHERE quonumber = 'Q-1';

SELECT ordnumber FROM order__combine((SELECT array_agg(id) FROM oe WHERE ordnumber IN ('SO-1', 'SO-2')));

-- shipped in part
UPDATE orderitems SET ship = 4 WHERE qty = 10;

-- a sale, as IS.pm writes it, with cost of goods sold
INSERT INTO ar (invnumber, transdate, duedate, amount, netamount, invoice, curr, entity_credit_account, person_id, approved, notes) SELECT 'SI-1', '2026-02-10', '2026-03-12', 105.00, 105.00, true, 'USD', id, (SELECT entity_id FROM users LIMIT 1), true, repeat('Thank you. ', 1000) FROM entity_credit_account WHERE meta_number = 'CUST-1';
INSERT INTO invoice (trans_id, parts_id, description, qty, allocated, sellprice, fxsellprice, discount, unit) SELECT currval('id'), id, description, 10, 0, 10.50, 10.50, 0, unit FROM parts WHERE partnumber = 'PAPER';
INSERT INTO acc_trans (trans_id, chart_id, amount, transdate, invoice_id) VALUES (currval('id'), 15, 105.00, '2026-02-10', currval('invoice_id_seq')), (currval('id'), 3, -105.00, '2026-02-10', NULL);
SELECT cogs__add_for_ar_line(currval('invoice_id_seq')::int);
UPDATE parts SET onhand = onhand - 10 WHERE partnumber = 'PAPER';

INSERT INTO ar (invnumber, transdate, duedate, amount, netamount, invoice, curr, entity_credit_account, approved) SELECT 'SI-2', '2026-02-11', '2026-03-13', 240, 240, true, 'USD', id, true FROM entity_credit_account WHERE meta_number = 'CUST-1';
INSERT INTO invoice (trans_id, parts_id, description, qty, allocated, sellprice, unit) SELECT currval('id'), id, description, 2, 0, 120, unit FROM parts WHERE partnumber = 'HOUR';
INSERT INTO acc_trans (trans_id, chart_id, amount, transdate) VALUES (currval('id'), 15, 240, '2026-02-11'), (currval('id'), 3, -240, '2026-02-11');

UPDATE ar SET intnotes = 'checked' WHERE invnumber = 'SI-1';

-- paid, both in one payment
SELECT payment_post('2026-02-20', 2, (SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), 'USD', 'thanks', NULL, ARRAY[1, 1], ARRAY[-105.00, -240], NULL, ARRAY['check 1', 'check 1'], ARRAY[NULL, 'memo'], (SELECT array_agg(id ORDER BY invnumber) FROM ar WHERE invnumber IN ('SI-1', 'SI-2')), NULL, NULL, NULL, NULL, NULL, NULL, true);

-- paid too much: a ledger transaction for the rest
SELECT payment_post('2026-02-21', 1, (SELECT id FROM entity_credit_account WHERE meta_number = 'VEND-1'), 'USD', NULL, 'overpaid', ARRAY[1], ARRAY[612.34], NULL, ARRAY['wire'], ARRAY[NULL], (SELECT array_agg(id) FROM ap WHERE invnumber = 'PI-1'), ARRAY[50.00], ARRAY[1], ARRAY['wire'], ARRAY['rest'], ARRAY[10], NULL, true);

-- the ledger, as GL.pm writes it
INSERT INTO gl (reference, description, transdate, approved) VALUES ('GL-1', 'Rent', '2026-02-28', false);
INSERT INTO acc_trans (trans_id, chart_id, amount, transdate, memo, approved) VALUES (currval('id'), 29, -1000, '2026-02-28', 'rent', true), (currval('id'), 1, 1000, '2026-02-28', NULL, true);

SELECT draft_approve((SELECT id FROM gl WHERE reference = 'GL-1'));

INSERT INTO gl (reference, description, transdate, approved) VALUES ('GL-2', 'A mistake', '2026-02-28', false);
INSERT INTO acc_trans (trans_id, chart_id, amount, transdate) VALUES (currval('id'), 29, -1, '2026-02-28'), (currval('id'), 1, 1, '2026-02-28');

SELECT draft_delete((SELECT id FROM gl WHERE reference = 'GL-2'));

UPDATE acc_trans SET cleared = true, cleared_on = '2026-03-01' WHERE chart_id = 1;

-- a batch of vendor payments
SELECT batch_create('B-1', 'payments', 'payment', '2026-03-01');

INSERT INTO ap (invnumber, transdate, amount, netamount, curr, entity_credit_account, approved) SELECT 'PI-2', '2026-03-01', 70.07, 70.07, 'USD', id, true FROM entity_credit_account WHERE meta_number = 'VEND-1';
INSERT INTO acc_trans (trans_id, chart_id, amount, transdate) VALUES (currval('id'), 28, -70.07, '2026-03-01'), (currval('id'), 10, 70.07, '2026-03-01');

SELECT payment_bulk_post(ARRAY[[(SELECT id FROM ap WHERE invnumber = 'PI-2'), 70.07]], (SELECT max(id) FROM batch), 'run 1', 70.07, '2100', '1060', '2026-03-02', 1, 1, 'USD');

SELECT batch_post((SELECT max(id) FROM batch));

-- inventory: three boxes are missing
SELECT id FROM inventory_adjust__save_info('2026-03-05', 'count');
SELECT adjust_id FROM inventory_adjust__save_line((SELECT max(id) FROM inventory_report), (SELECT id FROM parts WHERE partnumber = 'PAPER'), 87, 90, -3);

SELECT id FROM inventory_adjust__approve((SELECT max(id) FROM inventory_report));

-- a budget
SELECT id FROM budget__save_info(NULL, '2026-01-01', '2026-12-31', 'B26', 'Budget 2026', NULL);
SELECT budget__save_details((SELECT max(id) FROM budget_info), ARRAY[['29', 'rent', '12000'], ['28', 'paper', '500.50']]);

SELECT id FROM budget__approve((SELECT max(id) FROM budget_info));

-- an asset
SELECT id FROM asset_class__save(NULL, 6, 7, 1, 'Furniture', 'month');
SELECT id FROM asset__save(NULL, (SELECT max(id) FROM asset_class), 'Desk', 'D-1', '2026-01-15', 800, 60, 50.5, NULL, NULL, NULL, NULL, 6, 7, 25);

SELECT id FROM asset__save((SELECT max(id) FROM asset_item), (SELECT max(id) FROM asset_class), 'Desk, oak', 'D-1', '2026-01-15', 800, 60, 50.5, NULL, NULL, NULL, NULL, 6, 7, 25);

-- a project and hours on it
SELECT id FROM business_unit__save(NULL, 2, 'P-1', 'Project', '2026-01-01', NULL, NULL, (SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'));

INSERT INTO jcitems (business_unit_id, parts_id, description, qty, allocated, sellprice, checkedin, checkedout, person_id, total, curr, jctype) SELECT (SELECT max(id) FROM business_unit WHERE class_id = 2), id, 'work', 1.5, 0, 120, '2026-03-01 09:00:00+01', '2026-03-01 10:30:00.25+01', (SELECT min(entity_id) FROM users), 2, 'USD', 1 FROM parts WHERE partnumber = 'HOUR';

-- a draft journal
SELECT id FROM journal__add('J-1', 'draft', 1, '2026-03-10', false, false, 'USD');
SELECT id FROM journal__add_line(29, (SELECT max(id) FROM journal_entry), -10, false, 'x', NULL);
SELECT id FROM journal__add_line(1, (SELECT max(id) FROM journal_entry), 10, false, 'x', NULL);

-- settings
SELECT setting__set('company_name', 'Analytical Engines');

SELECT setting_increment('glnumber');

-- a customer goes, as does a part, and a contact
SELECT eca__delete_contact((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), 1, '+49 221 1');
SELECT eca__delete_location((SELECT id FROM entity_credit_account WHERE meta_number = 'CUST-1'), (SELECT max(location_id) FROM eca_to_location), 3);

UPDATE parts SET obsolete = true WHERE partnumber = 'PEN';

UPDATE parts SET notes = 'nobody sees this' WHERE partnumber = 'PEN';

UPDATE parts SET obsolete = false WHERE partnumber = 'PEN';

DELETE FROM eca_note;
DELETE FROM partscustomer WHERE parts_id IN (SELECT id FROM parts WHERE partnumber = 'PEN');
DELETE FROM entity_credit_account WHERE entity_id = (SELECT id FROM entity WHERE control_code = 'C-101');
DELETE FROM company WHERE legal_name LIKE 'Smith%';
DELETE FROM entity WHERE control_code = 'C-101';

-- the year ends
SELECT eoy_close_books('2026-03-31', 'EOY', 'closing', 14);
