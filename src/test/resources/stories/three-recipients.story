# One change, three recipients, three different bodies; a cleared field arrives as null (features 9, 11, 48).

=== recipients/shop.yaml
url: ${env:SHOP_URL}
allow: { http: true, networks: [127.0.0.0/8] }

=== recipients/mailing.yaml
url: ${env:MAILING_URL}
allow: { http: true, networks: [127.0.0.0/8] }
subscriptions:
  - { entity: Customer, attributes: contact }

=== recipients/stock.yaml
url: ${env:STOCK_URL}
allow: { http: true, networks: [127.0.0.0/8] }
subscriptions:
  - { entity: Customer, attributes: notify }

=== templates/mailing/contact.jslt
import "lib/names.jslt" as names
{ "who": names:first(.data.name), "phone": .data.phone, "changed": .changed }

=== templates/lib/names.jslt
def first(name) split($name, " ")[0]

=== setup
INSERT INTO crm.customer VALUES (1, 'Ada Lovelace', 'ada@example.com', '0815', true);

=== sql
UPDATE crm.customer SET phone = NULL WHERE customer_id = 1;

=== shop
customer.updated {"id": "*", "type": "customer.updated", "timestamp": "*", "entityType": "Customer", "entityId": 1, "event": "Updated", "data": {"customer_id": 1, "name": "Ada Lovelace", "email": "ada@example.com", "phone": null, "newsletter": true}, "previous": {"phone": "0815"}, "changed": ["phone"], "source": "*"}

=== mailing
customer.updated {"who": "Ada", "phone": null, "changed": ["phone"]}

=== stock
customer.updated {"EntityType": "Customer", "EntityId": 1, "EntityEvent": "Updated"}
