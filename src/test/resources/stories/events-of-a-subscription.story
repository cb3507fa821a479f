# A recipient gets the events it has asked for, in order, and no others (features 5, 4).

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
subscriptions:
  - { entity: Article, events: [Created, Deleted], attributes: notify }

=== sql
INSERT INTO article VALUES (1, 'CH-1', 'Chair', 10.00, 5);
UPDATE article SET stock = 4 WHERE id = 1;
DELETE FROM article WHERE id = 1;

=== shop
article.created {"EntityType": "Article", "EntityId": 1, "EntityEvent": "Created"}
article.deleted {"EntityType": "Article", "EntityId": 1, "EntityEvent": "Deleted"}
