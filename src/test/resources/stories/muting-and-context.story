# What a transaction says of itself by pg_logical_emit_message(true, 'rowhook', ...): nothing to anyone, or a context for templates, conditions and full (feature 62).

=== recipients/audit.yaml
url: ${env:AUDIT_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Article, attributes: audited }

=== templates/audited.jslt
{ "id": .entityId, "who": .context.who, "why": .context.why }

=== recipients/people.yaml
url: ${env:PEOPLE_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential
subscriptions:
  - { entity: Article, when: 'not(starts-with(fallback(.context.who, ""), "job-"))', attributes: notify }

=== recipients/all.yaml
url: ${env:ALL_URL}
allow: { http: true, networks: [127.0.0.0/8] }
processing: sequential

=== setup
INSERT INTO article VALUES (7, 'A-7', 'Seven', 12.50, 0);

=== sql
BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '{"mute": true}'); UPDATE article SET stock = 1; COMMIT;
BEGIN; UPDATE article SET stock = 2; SELECT pg_logical_emit_message(true, 'rowhook', '{"who": "anna", "why": {"ticket": 4711}, "rowhook.x": 1, "mute": false}'); COMMIT;
BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '{"who": "job", "why": 1.50}'); UPDATE article SET stock = 3; SELECT pg_logical_emit_message(true, 'rowhook', '{"who": "job-9"}'); COMMIT;
BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', 'mute'); UPDATE article SET stock = 4; COMMIT;
BEGIN; INSERT INTO article VALUES (8, 'A-8', 'Eight', 1.00, 8); SELECT pg_logical_emit_message(true, 'rowhook', '{"mute": true}'); COMMIT;
SELECT pg_logical_emit_message(false, 'rowhook', '{"mute": true}');
UPDATE article SET stock = 9 WHERE id = 8;

=== audit
article.updated {"id": 7, "who": "anna", "why": {"ticket": 4711}}
article.updated {"id": 7, "who": "job-9", "why": 1.50}
article.updated {"id": 7, "who": null, "why": null}
article.updated {"id": 8, "who": null, "why": null}

=== people
article.updated {"EntityType": "Article", "EntityId": 7, "EntityEvent": "Updated"}
article.updated {"EntityType": "Article", "EntityId": 7, "EntityEvent": "Updated"}
article.updated {"EntityType": "Article", "EntityId": 8, "EntityEvent": "Updated"}

=== all
article.updated {"id": "*", "type": "article.updated", "timestamp": "*", "entityType": "Article", "entityId": 7, "event": "Updated", "data": {"id": 7, "sku": "A-7", "name": "Seven", "price": 12.50, "stock": 2}, "previous": {"stock": 1}, "changed": ["stock"], "context": {"who": "anna", "why": {"ticket": 4711}}, "source": "*"}
article.updated {"id": "*", "type": "article.updated", "timestamp": "*", "entityType": "Article", "entityId": 7, "event": "Updated", "data": {"id": 7, "sku": "A-7", "name": "Seven", "price": 12.50, "stock": 3}, "previous": {"stock": 2}, "changed": ["stock"], "context": {"who": "job-9", "why": 1.50}, "source": "*"}
article.updated {"id": "*", "type": "article.updated", "timestamp": "*", "entityType": "Article", "entityId": 7, "event": "Updated", "data": {"id": 7, "sku": "A-7", "name": "Seven", "price": 12.50, "stock": 4}, "previous": {"stock": 3}, "changed": ["stock"], "source": "*"}
article.updated {"id": "*", "type": "article.updated", "timestamp": "*", "entityType": "Article", "entityId": 8, "event": "Updated", "data": {"id": 8, "sku": "A-8", "name": "Eight", "price": 1.00, "stock": 9}, "previous": {"stock": 8}, "changed": ["stock"], "source": "*"}
