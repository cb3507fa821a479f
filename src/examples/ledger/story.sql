-- What happens, step by step; the number is that of the event under expected/.

-- 01 to 03: an invoice is booked, in one transaction; as many messages as entries, in this order. 90071992547409.9371
-- has more digits than a double keeps, and so have the ids.
BEGIN;
INSERT INTO accounting.ledger_entry VALUES (9007199254740993, '2026-05-24', '6300', '20', 90071992547409.9371, 0, 19, 'Rent & heating <May>');
INSERT INTO accounting.ledger_entry VALUES (9007199254740994, '2026-05-24', '4100', NULL, 0.30, 0.10, 7, 'Stamps');
INSERT INTO accounting.ledger_entry VALUES (9007199254740995, '2026-05-24', '1200', NULL, 0, 90071992547410.1371, 0, NULL);
COMMIT;

-- 04: a typing error in the text is nothing to a budget.
UPDATE accounting.ledger_entry SET text = 'Rent and heating, May' WHERE entry_id = 9007199254740993;

-- 05: a correction, in two statements of one transaction: what counts is the difference from first to last.
BEGIN;
UPDATE accounting.ledger_entry SET debit = 0.20 WHERE entry_id = 1;
UPDATE accounting.ledger_entry SET debit = 0.30 WHERE entry_id = 1;
COMMIT;

-- 06: reversed.
DELETE FROM accounting.ledger_entry WHERE entry_id = 9007199254740994;
