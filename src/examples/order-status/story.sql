-- What happens, step by step; the number is that of the event under expected/.

-- 01: an order and its lines in one transaction. Created: the shop knows it, since it was ordered there.
BEGIN;
INSERT INTO sales.sales_order VALUES (7, 'SO-2026-0007', 4, 'open');
INSERT INTO sales.order_line VALUES (7, 2, 'POT-01', 1, 25.90), (7, 1, 'CUP-01', 6, 8.90);
COMMIT;

-- 02: another status.
UPDATE sales.sales_order SET status = 'packed' WHERE order_id = 7;

-- No event: this column is not captured, and the customer is none of the order's own values.
UPDATE sales.sales_order SET internal_note = 'calls often' WHERE order_id = 7;
UPDATE crm.customer SET email = 'ada.holm@example.com' WHERE customer_id = 4;

-- 03: one cup broke while it was packed. An Updated order, but its status is what it was.
UPDATE sales.order_line SET quantity = 5 WHERE order_id = 7 AND line_no = 1;

-- 04: shipped, and the tracking number in a second statement of the same transaction: one message.
BEGIN;
UPDATE sales.sales_order SET status = 'shipped' WHERE order_id = 7;
UPDATE sales.sales_order SET carrier = 'DHL', tracking = '00340434161094015902' WHERE order_id = 7;
COMMIT;

-- 05: a new tracking number. Still shipped: it does not become so again.
UPDATE sales.sales_order SET tracking = '00340434161094015919' WHERE order_id = 7;

-- 06: it comes back.
UPDATE sales.sales_order SET status = 'returned' WHERE order_id = 7;
