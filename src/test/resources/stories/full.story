# A recipient that needs nothing but a URL gets the whole event (features 2, 18, 19).

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential

=== setup
INSERT INTO article VALUES (7, 'A-7', 'Seven', 12.50, 0);

=== sql
UPDATE article SET stock = 5, price = 100.00 WHERE id = 7;
DELETE FROM article WHERE id = 7;
INSERT INTO crm.customer VALUES (9007199254740993, 'Müller & Söhne — 15 %', 'm@example.com', NULL, true);

=== shop
article.updated {"id": "*", "type": "article.updated", "timestamp": "*", "entityType": "Article", "entityId": 7, "event": "Updated", "data": {"id": 7, "sku": "A-7", "name": "Seven", "price": 100.00, "stock": 5}, "previous": {"price": 12.50, "stock": 0}, "changed": ["price", "stock"], "source": {"lsn": "*", "txId": "*", "table": "public.article"}}
article.deleted {"id": "*", "type": "article.deleted", "timestamp": "*", "entityType": "Article", "entityId": 7, "event": "Deleted", "data": {"id": 7, "sku": "A-7", "name": "Seven", "price": 100.00, "stock": 5}, "previous": {}, "changed": [], "source": {"lsn": "*", "txId": "*", "table": "public.article"}}
customer.created {"id": "*", "type": "customer.created", "timestamp": "*", "entityType": "Customer", "entityId": 9007199254740993, "event": "Created", "data": {"customer_id": 9007199254740993, "name": "Müller & Söhne — 15 %", "email": "m@example.com", "phone": null, "newsletter": true}, "previous": {}, "changed": [], "source": {"lsn": "*", "txId": "*", "table": "crm.customer"}}
