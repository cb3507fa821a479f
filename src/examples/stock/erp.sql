-- The table of the example, and rows that are older than Rowhook.

CREATE TABLE article (
  id bigint PRIMARY KEY, sku text NOT NULL, name text NOT NULL, purchase_price numeric(12,2), stock int NOT NULL);

-- So that the log has the old row: "changed" and ".previous" need it.
ALTER TABLE article REPLICA IDENTITY FULL;

INSERT INTO article VALUES
  (1, 'CUP-01', 'Cup, white', 3.10, 1), (2, 'POT-01', 'Teapot', 9.80, 12), (3, 'TEA-11', 'Darjeeling', 4.00, 0);
