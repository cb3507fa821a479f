# Each entity that a transaction touches is one message, whatever the statement (feature 6).

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Article, attributes: name }

=== templates/name.jslt
{ "id": .entityId, "name": .data.name }

=== sql
INSERT INTO article SELECT n, 'A-' || n, 'Article ' || n, 1.00, 0 FROM generate_series(1, 5) n;

=== shop
article.created {"id": 1, "name": "Article 1"}
article.created {"id": 2, "name": "Article 2"}
article.created {"id": 3, "name": "Article 3"}
article.created {"id": 4, "name": "Article 4"}
article.created {"id": 5, "name": "Article 5"}

=== sql
# Three changes of one article in one transaction are one Updated, from the first old to the last new value.
BEGIN; UPDATE article SET stock = 1 WHERE id = 1; UPDATE article SET name = 'Stool' WHERE id = 1; UPDATE article SET stock = 2 WHERE id = 1; COMMIT;
# What a transaction takes back is nothing at all.
BEGIN; INSERT INTO article VALUES (9, 'A-9', 'Short', 1.00, 0); DELETE FROM article WHERE id = 9; COMMIT;
BEGIN; UPDATE article SET name = 'Never' WHERE id = 2; ROLLBACK;
UPDATE article SET name = name WHERE id = 3;
# Another key is another entity.
UPDATE article SET id = 50 WHERE id = 5;

=== shop
article.updated {"id": 1, "name": "Stool"}
article.deleted {"id": 5, "name": "Article 5"}
article.created {"id": 50, "name": "Article 5"}
