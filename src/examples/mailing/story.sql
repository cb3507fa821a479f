-- What happens, step by step; the number is that of the event under expected/.

-- 01: a customer who wants the newsletter, and 02 one who does not: the mailing tool never hears of her.
INSERT INTO crm.customer VALUES (9007199254740993, 'Ana Maria  Oliveira', 'Ana@Example.com', '+351 55 50', '1980-02-29', 'pt', true);
INSERT INTO crm.customer VALUES (5, 'Bergmann KG', 'einkauf@example.com', NULL, NULL, 'de', false);

-- No event: these columns are not captured.
UPDATE crm.customer SET phone = '+351 55 51', birthday = '1980-03-01' WHERE customer_id = 9007199254740993;

-- 03: a new name.
UPDATE crm.customer SET name = 'Ana Costa' WHERE customer_id = 9007199254740993;

-- 04: one who was there before subscribes.
UPDATE crm.customer SET newsletter = true WHERE customer_id = 3;

-- 05: she has enough, and has a new address by now: it is the old one that must go.
UPDATE crm.customer SET newsletter = false, email = 'ana.costa@example.com' WHERE customer_id = 9007199254740993;

-- 06: a change of one who is not subscribed.
UPDATE crm.customer SET name = 'Ana' WHERE customer_id = 9007199254740993;

-- 07: a subscriber is deleted, and 08 one who is none.
DELETE FROM crm.customer WHERE customer_id = 3;
DELETE FROM crm.customer WHERE customer_id = 5;
