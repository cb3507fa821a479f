-- The table of the example, and a row that is older than Rowhook.

CREATE SCHEMA accounting;

CREATE TABLE accounting.ledger_entry (
  entry_id bigint PRIMARY KEY, booked_on date NOT NULL, account text NOT NULL, cost_centre text,
  debit numeric(20,4) NOT NULL DEFAULT 0, credit numeric(20,4) NOT NULL DEFAULT 0,
  tax_percent numeric(5,2) NOT NULL DEFAULT 0, text text);

-- So that the log has the old row: for what a correction changed, and for the last row of what was deleted.
ALTER TABLE accounting.ledger_entry REPLICA IDENTITY FULL;

INSERT INTO accounting.ledger_entry VALUES (1, '2026-05-01', '4100', '10', 0.10, 0, 19, 'Stamps');
