# A template that fails at run time hurts that delivery; the others go out (feature 13).

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Article, attributes: half }

=== templates/half.jslt
{ "id": .entityId, "half": number(.data.name) / 2 }

=== sql
INSERT INTO article VALUES (1, 'A-1', '10', 1.00, 0), (2, 'A-2', 'ten', 1.00, 0), (3, 'A-3', '30', 1.00, 0);

=== shop
article.created {"id": 1, "half": 5}
article.created {"id": 3, "half": 15}
