# A subscription may be for one entity only (feature 7).

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
subscriptions:
  - { entity: Article, id: 7, attributes: notify }

=== setup
INSERT INTO article VALUES (7, 'A-7', 'Seven', 1.00, 0), (8, 'A-8', 'Eight', 1.00, 0);

=== sql
UPDATE article SET stock = 1 WHERE id = 8;
UPDATE article SET stock = 1 WHERE id = 7;

=== shop
article.updated {"EntityType": "Article", "EntityId": 7, "EntityEvent": "Updated"}
