-- The table of the example.

CREATE TABLE article (id bigint PRIMARY KEY, sku text NOT NULL, name text NOT NULL);
