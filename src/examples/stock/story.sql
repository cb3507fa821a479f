-- What happens, step by step; the number is that of the event under expected/.

-- 01: the last cup is sold.
UPDATE article SET stock = 0 WHERE sku = 'CUP-01';

-- 02: another name is no matter of the stock; and what an article costs is not captured, so no event at all.
UPDATE article SET name = 'Cup' WHERE sku = 'CUP-01';
UPDATE article SET purchase_price = 3.20 WHERE sku = 'CUP-01';

-- 03: back in stock.
UPDATE article SET stock = 5 WHERE sku = 'CUP-01';

-- 04: one is sold.
UPDATE article SET stock = 4 WHERE sku = 'CUP-01';

-- 05: sold out and filled up in one transaction: it was never seen to be gone, so it is not back either.
BEGIN;
UPDATE article SET stock = 0 WHERE sku = 'POT-01';
UPDATE article SET stock = 20 WHERE sku = 'POT-01';
COMMIT;

-- 06: from nothing to less, by a correction.
UPDATE article SET stock = -2 WHERE sku = 'TEA-11';

-- 07: a new article is none that has come back.
INSERT INTO article VALUES (4, 'TEA-12', 'Assam', 3.90, 40);
