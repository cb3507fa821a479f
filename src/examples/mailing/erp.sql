-- The table of the example, and rows that are older than Rowhook.

CREATE SCHEMA crm;

CREATE TABLE crm.customer (
  customer_id bigint PRIMARY KEY, name text NOT NULL, email text, phone text, birthday date, language text NOT NULL,
  newsletter boolean NOT NULL);

-- So that the log has the old row: "changed" and ".previous" need it, and a Deleted its values.
ALTER TABLE crm.customer REPLICA IDENTITY FULL;

INSERT INTO crm.customer VALUES (3, 'Søren Holm', 'soren@example.com', '+45 55 50 00', '1971-03-05', 'da', false);
