-- What LedgerSMB's own rows say each entity of entities.yaml is, in SQL that shares nothing with Rowhook: the judge of
-- its events. With judge.refs = on also what its rows refer to.
CREATE SCHEMA judge;

CREATE FUNCTION judge.ref(name text, referred jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT CASE WHEN current_setting('judge.refs', true) = 'on'
              THEN jsonb_build_object(name, referred) ELSE '{}'::jsonb END $$;

CREATE FUNCTION judge.account(wanted int, VARIADIC columns text[]) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_object_agg(e.key, e.value) FROM account a, jsonb_each(to_jsonb(a)) e
   WHERE a.id = wanted AND e.key = ANY (columns) $$;

CREATE FUNCTION judge.eca(wanted int, VARIADIC columns text[]) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_object_agg(e.key, e.value) FROM entity_credit_account a, jsonb_each(to_jsonb(a)) e
   WHERE a.id = wanted AND e.key = ANY (columns) $$;

CREATE FUNCTION judge.party(wanted int, VARIADIC columns text[]) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_object_agg(e.key, e.value) FROM entity a, jsonb_each(to_jsonb(a)) e
   WHERE a.id = wanted AND e.key = ANY (columns) $$;

CREATE FUNCTION judge.part(wanted int, VARIADIC columns text[]) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_object_agg(e.key, e.value) FROM parts a, jsonb_each(to_jsonb(a)) e
   WHERE a.id = wanted AND e.key = ANY (columns) $$;

CREATE FUNCTION judge.entries(wanted int, accounts boolean) RETURNS jsonb LANGUAGE sql AS $$
  SELECT coalesce(jsonb_agg(to_jsonb(e) || CASE WHEN accounts THEN judge.ref('account', judge.account(chart_id, 'accno'))
                                                ELSE '{}' END ORDER BY entry_id), '[]')
    FROM acc_trans e WHERE trans_id = wanted $$;

CREATE VIEW judge.document (entity, id, doc) AS
SELECT 'Party', id::text, to_jsonb(p) || jsonb_build_object(
         'companies', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.entity_id, c.legal_name COLLATE "C"), '[]') FROM company c WHERE c.entity_id = p.id),
         'persons', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM person c WHERE c.entity_id = p.id),
         'locations', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('location', to_jsonb(l)) ORDER BY c.location_id, c.entity_id, c.location_class), '[]')
                         FROM entity_to_location c JOIN location l ON l.id = c.location_id WHERE c.entity_id = p.id),
         'contacts', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.entity_id, c.contact_class_id, c.contact COLLATE "C"), '[]') FROM entity_to_contact c WHERE c.entity_id = p.id),
         'bankAccounts', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.entity_id, c.bic COLLATE "C", c.iban COLLATE "C"), '[]') FROM entity_bank_account c WHERE c.entity_id = p.id),
         'notes', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM ONLY entity_note c WHERE c.ref_key = p.id))
  FROM entity p
UNION ALL
SELECT 'Customer', id::text, to_jsonb(a) || jsonb_build_object(
         'locations', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('location', jsonb_build_object('line_one', l.line_one, 'city', l.city, 'mail_code', l.mail_code))
                                                 ORDER BY c.location_id, c.credit_id, c.location_class), '[]')
                         FROM eca_to_location c JOIN location l ON l.id = c.location_id WHERE c.credit_id = a.id),
         'contacts', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.credit_id, c.contact_class_id, c.contact COLLATE "C"), '[]') FROM eca_to_contact c WHERE c.credit_id = a.id),
         'notes', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM ONLY eca_note c WHERE c.ref_key = a.id),
         'taxes', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('account', judge.account(c.chart_id, 'accno')) ORDER BY c.eca_id, c.chart_id), '[]') FROM eca_tax c WHERE c.eca_id = a.id),
         'prices', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.validfrom DESC NULLS FIRST, c.entry_id), '[]') FROM partscustomer c WHERE c.credit_id = a.id))
       || judge.ref('party', judge.party(entity_id, 'name', 'control_code'))
       || judge.ref('receivables', judge.account(ar_ap_account_id, 'accno', 'description'))
  FROM entity_credit_account a WHERE entity_class = 2
UNION ALL
SELECT 'Vendor', id::text, to_jsonb(a) || jsonb_build_object(
         'locations', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.location_id, c.credit_id, c.location_class), '[]') FROM eca_to_location c WHERE c.credit_id = a.id),
         'contacts', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.credit_id, c.contact_class_id, c.contact COLLATE "C"), '[]') FROM eca_to_contact c WHERE c.credit_id = a.id),
         'prices', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.entry_id), '[]') FROM partsvendor c WHERE c.credit_id = a.id))
       || judge.ref('party', judge.party(entity_id, 'name'))
  FROM entity_credit_account a WHERE entity_class = 1
UNION ALL
SELECT 'Employee', e.entity_id::text, to_jsonb(e) || judge.ref('person', (SELECT to_jsonb(p) FROM person p WHERE p.entity_id = e.entity_id))
  FROM entity_employee e
UNION ALL
SELECT 'Account', id::text, to_jsonb(a) || jsonb_build_object(
         'links', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.account_id, c.description COLLATE "C"), '[]') FROM account_link c WHERE c.account_id = a.id))
  FROM account a
UNION ALL
SELECT 'SalesInvoice', id::text, to_jsonb(a) || jsonb_build_object(
         'lines', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('part', judge.part(c.parts_id, 'partnumber', 'description')) ORDER BY c.id), '[]') FROM invoice c WHERE c.trans_id = a.id),
         'entries', judge.entries(a.id, true))
       || judge.ref('customer', judge.eca(entity_credit_account, 'meta_number', 'entity_id')
            || judge.ref('party', (SELECT jsonb_build_object('name', e.name) FROM entity e JOIN entity_credit_account c ON c.entity_id = e.id WHERE c.id = a.entity_credit_account)))
  FROM ar a
UNION ALL
SELECT 'PurchaseInvoice', id::text, to_jsonb(a) || jsonb_build_object(
         'lines', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM invoice c WHERE c.trans_id = a.id),
         'entries', judge.entries(a.id, false))
       || judge.ref('vendor', judge.eca(entity_credit_account, 'meta_number'))
  FROM ap a
UNION ALL
SELECT 'LedgerTransaction', id::text, to_jsonb(a) || jsonb_build_object('entries', judge.entries(a.id, false)) FROM gl a
UNION ALL
SELECT 'SalesOrder', id::text, to_jsonb(a) || jsonb_build_object(
         'items', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('part', judge.part(c.parts_id, 'partnumber')) ORDER BY c.id), '[]') FROM orderitems c WHERE c.trans_id = a.id))
       || judge.ref('customer', judge.eca(entity_credit_account, 'meta_number'))
  FROM oe a WHERE oe_class_id = 1
UNION ALL
SELECT 'Quotation', id::text, to_jsonb(a) || jsonb_build_object(
         'items', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM orderitems c WHERE c.trans_id = a.id))
  FROM oe a WHERE oe_class_id = 3 AND closed IS NOT TRUE
UNION ALL
SELECT 'Part', id::text, to_jsonb(a) || jsonb_build_object(
         'makes', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.parts_id, c.make COLLATE "C", c.model COLLATE "C"), '[]') FROM makemodel c WHERE c.parts_id = a.id),
         'components', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('part', judge.part(c.parts_id, 'partnumber')) ORDER BY c.id, c.parts_id), '[]') FROM assembly c WHERE c.id = a.id))
       || judge.ref('income', judge.account(income_accno_id, 'accno'))
  FROM parts a WHERE obsolete IS NOT TRUE
UNION ALL
SELECT 'Payment', id::text, to_jsonb(a) || judge.ref('account', judge.eca(entity_credit_id, 'meta_number', 'entity_class')) FROM payment a
UNION ALL
SELECT 'Batch', id::text, to_jsonb(a) || jsonb_build_object(
         'vouchers', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM voucher c WHERE c.batch_id = a.id))
  FROM batch a
UNION ALL
SELECT 'Budget', id::text, to_jsonb(a) || jsonb_build_object(
         'lines', (SELECT coalesce(jsonb_agg(to_jsonb(c) || judge.ref('account', judge.account(c.account_id, 'accno')) ORDER BY c.budget_id, c.account_id), '[]') FROM budget_line c WHERE c.budget_id = a.id))
  FROM budget_info a
UNION ALL
SELECT 'Asset', id::text, to_jsonb(a) FROM asset_item a
UNION ALL
SELECT 'JournalDraft', id::text, to_jsonb(a) || jsonb_build_object(
         'lines', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM journal_line c WHERE c.journal_id = a.id))
  FROM journal_entry a
UNION ALL
SELECT 'BusinessUnit', id::text, to_jsonb(a) FROM business_unit a
UNION ALL
SELECT 'Timecard', id::text, to_jsonb(a) FROM jcitems a
UNION ALL
SELECT 'Setting', setting_key, to_jsonb(a) FROM defaults a;

-- So that previous, changed and a deleted one's data are known.
DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY '{entity,company,person,entity_to_location,entity_to_contact,entity_bank_account,entity_note,
    entity_credit_account,eca_to_location,eca_to_contact,eca_note,eca_tax,partscustomer,partsvendor,entity_employee,account,
    account_link,ar,ap,gl,invoice,acc_trans,oe,orderitems,parts,makemodel,assembly,payment,batch,voucher,budget_info,
    budget_line,asset_item,journal_entry,journal_line,business_unit,jcitems,defaults}'::text[]
  LOOP EXECUTE format('ALTER TABLE %I REPLICA IDENTITY FULL', t); END LOOP; END $$;
