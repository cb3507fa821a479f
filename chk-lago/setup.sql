-- What Rowhook needs of this database. Read it, and run it as the owner of the tables (a superuser, for the role):
--   psql -f setup.sql ...      or      rowhook init --apply, which says each statement
-- It can be run again: psql says of what is there already that it is, and goes on.
-- Rowhook writes to no table. What undoes it all stands at the end.
--
-- Managed servers differ in the first lines only:
--   Amazon RDS, Aurora   parameter group: rds.logical_replication = 1, then reboot. CREATE ROLE "rk_lago" LOGIN;
--                        GRANT rds_replication TO "rk_lago";   in place of REPLICATION
--   Google Cloud SQL     flag: cloudsql.logical_decoding = on, which restarts it. ALTER USER "rk_lago" WITH REPLICATION;
--                        by a user that has cloudsqlsuperuser
--   Azure                server parameter: wal_level = logical, then restart. REPLICATION as below, by the
--                        administrator's role; allow Rowhook's address in the firewall
--   Supabase             is logical already. Connect to the database itself on port 5432, not to the pooler
--   Neon                 switch on logical replication in the project's settings; it cannot be switched off. Make the
--                        role in the console, which gives it REPLICATION; use the address without -pooler. A branch that
--                        is suspended sends nothing until it wakes

-- No statement below waits longer than this for a table that others use; run it again then.
SET lock_timeout = '5s';

-- The role, with no more rights than these. Give it a password: \password "rk_lago" in psql.
CREATE ROLE "rk_lago" LOGIN REPLICATION;
GRANT CONNECT ON DATABASE "k_lago" TO "rk_lago";

-- What is looked up when an event is put together. Where columns are left out or only some are embedded, the others
-- cannot be read at all. A column that is added to such a table later, and is to be sent, needs its own GRANT.
GRANT USAGE ON SCHEMA "public" TO "rk_lago";
GRANT SELECT ("id", "key", "filename", "content_type", "metadata", "service_name", "byte_size", "checksum") ON "public"."active_storage_blobs" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "name", "code", "description", "amount_cents", "amount_currency", "deleted_at", "invoice_display_name") ON "public"."add_ons" TO "rk_lago";
GRANT SELECT ("id", "add_on_id", "tax_id", "organization_id") ON "public"."add_ons_taxes" TO "rk_lago";
GRANT SELECT ("id", "add_on_id", "customer_id") ON "public"."applied_add_ons" TO "rk_lago";
GRANT SELECT ("id", "coupon_id", "customer_id", "status", "amount_cents", "amount_currency", "terminated_at", "percentage_rate", "frequency", "frequency_duration", "frequency_duration_remaining", "organization_id") ON "public"."applied_coupons" TO "rk_lago";
GRANT SELECT ("id", "pricing_unit_id", "organization_id", "pricing_unitable_type", "pricing_unitable_id", "conversion_rate") ON "public"."applied_pricing_units" TO "rk_lago";
GRANT SELECT ("id", "billable_metric_id", "key", "values", "deleted_at", "organization_id") ON "public"."billable_metric_filters" TO "rk_lago";
GRANT SELECT ("id", "name", "code", "field_name") ON "public"."billable_metrics" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "address_line1", "address_line2", "city", "country", "zipcode", "state", "timezone", "default_currency", "document_locale", "document_number_prefix", "document_numbering", "finalize_zero_amount_invoice", "invoice_footer", "invoice_grace_period", "net_payment_term", "email", "email_settings", "eu_tax_management", "legal_name", "legal_number", "logo", "name", "code", "tax_identification_number", "vat_rate", "archived_at", "deleted_at", "applied_dunning_campaign_id", "einvoicing", "subscription_invoice_issuing_date_anchor", "subscription_invoice_issuing_date_adjustment", "phone", "payment_term") ON "public"."billing_entities" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "billing_entity_id", "invoice_custom_section_id") ON "public"."billing_entities_invoice_custom_sections" TO "rk_lago";
GRANT SELECT ("id", "billing_entity_id", "tax_id", "organization_id") ON "public"."billing_entities_taxes" TO "rk_lago";
GRANT SELECT ("id", "charge_filter_id", "billable_metric_filter_id", "values", "organization_id") ON "public"."charge_filter_values" TO "rk_lago";
GRANT SELECT ("id", "charge_id", "properties", "invoice_display_name", "organization_id", "code") ON "public"."charge_filters" TO "rk_lago";
GRANT SELECT ("id", "billable_metric_id", "plan_id", "amount_currency", "charge_model", "properties", "deleted_at", "pay_in_advance", "min_amount_cents", "invoiceable", "prorated", "invoice_display_name", "regroup_paid_fees", "parent_id", "organization_id", "code", "accepts_target_wallet") ON "public"."charges" TO "rk_lago";
GRANT SELECT ("id", "charge_id", "tax_id", "organization_id") ON "public"."charges_taxes" TO "rk_lago";
GRANT SELECT ("id", "plan_id", "commitment_type", "amount_cents", "invoice_display_name", "organization_id") ON "public"."commitments" TO "rk_lago";
GRANT SELECT ("id", "commitment_id", "tax_id", "organization_id") ON "public"."commitments_taxes" TO "rk_lago";
GRANT SELECT ("id", "coupon_id", "plan_id", "billable_metric_id", "organization_id") ON "public"."coupon_targets" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "name", "code", "status", "terminated_at", "amount_cents", "amount_currency", "expiration", "coupon_type", "percentage_rate", "frequency", "frequency_duration", "expiration_at", "reusable", "limited_plans", "deleted_at", "limited_billable_metrics", "description") ON "public"."coupons" TO "rk_lago";
GRANT SELECT ("id", "credit_note_id", "fee_id", "amount_cents", "amount_currency", "precise_amount_cents", "organization_id") ON "public"."credit_note_items" TO "rk_lago";
GRANT SELECT ("id", "customer_id", "invoice_id", "sequential_id", "number", "credit_amount_cents", "credit_amount_currency", "credit_status", "balance_amount_cents", "balance_amount_currency", "reason", "file", "total_amount_cents", "total_amount_currency", "refund_amount_cents", "refund_amount_currency", "refund_status", "voided_at", "description", "taxes_amount_cents", "refunded_at", "issuing_date", "status", "coupons_adjustment_amount_cents", "precise_coupons_adjustment_amount_cents", "precise_taxes_amount_cents", "taxes_rate", "organization_id", "xml_file", "offset_amount_cents", "offset_amount_currency") ON "public"."credit_notes" TO "rk_lago";
GRANT SELECT ("id", "credit_note_id", "tax_id", "tax_description", "tax_code", "tax_name", "tax_rate", "amount_cents", "amount_currency", "base_amount_cents", "organization_id") ON "public"."credit_notes_taxes" TO "rk_lago";
GRANT SELECT ("id", "external_id", "name", "organization_id", "country", "address_line1", "address_line2", "state", "zipcode", "email", "city", "url", "phone", "logo_url", "legal_name", "legal_number", "vat_rate", "payment_provider", "slug", "sequential_id", "currency", "invoice_grace_period", "timezone", "deleted_at", "document_locale", "tax_identification_number", "net_payment_term", "external_salesforce_id", "payment_provider_code", "shipping_address_line1", "shipping_address_line2", "shipping_city", "shipping_zipcode", "shipping_state", "shipping_country", "finalize_zero_amount_invoice", "firstname", "lastname", "customer_type", "applied_dunning_campaign_id", "exclude_from_dunning_campaign", "last_dunning_campaign_attempt", "last_dunning_campaign_attempt_at", "skip_invoice_custom_sections", "account_type", "billing_entity_id", "payment_receipt_counter", "subscription_invoice_issuing_date_anchor", "subscription_invoice_issuing_date_adjustment", "awaiting_wallet_refresh", "dunning_currency_attempts", "payment_term") ON "public"."customers" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "billing_entity_id", "customer_id", "invoice_custom_section_id") ON "public"."customers_invoice_custom_sections" TO "rk_lago";
GRANT SELECT ("id", "customer_id", "tax_id", "organization_id") ON "public"."customers_taxes" TO "rk_lago";
GRANT SELECT ("id", "dunning_campaign_id", "currency", "amount_cents", "organization_id") ON "public"."dunning_campaign_thresholds" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "name", "code", "description", "applied_to_organization", "days_between_attempts", "max_attempts", "deleted_at", "bcc_emails") ON "public"."dunning_campaigns" TO "rk_lago";
GRANT SELECT ON "public"."enriched_events" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "code", "name", "description", "deleted_at") ON "public"."entitlement_features" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "customer_id", "transaction_id", "code", "properties", "timestamp", "metadata", "subscription_id", "deleted_at", "external_customer_id", "external_subscription_id", "precise_total_amount_cents") ON "public"."events" TO "rk_lago";
GRANT SELECT ("id", "invoice_id", "charge_id", "subscription_id", "amount_cents", "amount_currency", "taxes_amount_cents", "taxes_rate", "units", "applied_add_on_id", "properties", "fee_type", "invoiceable_type", "invoiceable_id", "events_count", "group_id", "pay_in_advance_event_id", "payment_status", "succeeded_at", "failed_at", "refunded_at", "true_up_parent_fee_id", "add_on_id", "description", "unit_amount_cents", "pay_in_advance", "precise_coupons_amount_cents", "total_aggregated_units", "invoice_display_name", "precise_unit_amount", "amount_details", "charge_filter_id", "grouped_by", "pay_in_advance_event_transaction_id", "deleted_at", "precise_amount_cents", "taxes_precise_amount_cents", "taxes_base_rate", "organization_id", "billing_entity_id", "precise_credit_notes_amount_cents", "fixed_charge_id", "duplicated_in_advance", "original_fee_id", "rate_card_rate_id", "rate_override_id") ON "public"."fees" TO "rk_lago";
GRANT SELECT ("id", "fee_id", "tax_id", "tax_description", "tax_code", "tax_name", "tax_rate", "amount_cents", "amount_currency", "precise_amount_cents", "organization_id") ON "public"."fees_taxes" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "subscription_id", "fixed_charge_id", "units", "timestamp") ON "public"."fixed_charge_events" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "plan_id", "add_on_id", "parent_id", "charge_model", "properties", "invoice_display_name", "pay_in_advance", "prorated", "units", "deleted_at", "code") ON "public"."fixed_charges" TO "rk_lago";
GRANT SELECT ("id", "fixed_charge_id", "tax_id", "organization_id") ON "public"."fixed_charges_taxes" TO "rk_lago";
GRANT SELECT ("id", "charge_id", "group_id", "values", "invoice_display_name") ON "public"."group_properties" TO "rk_lago";
GRANT SELECT ("id", "billable_metric_id", "parent_group_id", "key", "value", "deleted_at") ON "public"."groups" TO "rk_lago";
GRANT SELECT ("id", "code") ON "public"."integration_customers" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "invoice_id", "payment_provider_customer_id", "integration_customer_id", "category") ON "public"."invoice_connections" TO "rk_lago";
GRANT SELECT ("id", "name", "code", "description", "display_name", "details", "organization_id", "deleted_at", "section_type") ON "public"."invoice_custom_sections" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "billing_entity_id", "target_invoice_id", "settlement_type", "source_payment_id", "source_credit_note_id", "amount_cents", "amount_currency") ON "public"."invoice_settlements" TO "rk_lago";
GRANT SELECT ("id", "issuing_date", "taxes_amount_cents", "total_amount_cents", "invoice_type", "payment_status", "number", "sequential_id", "file", "customer_id", "taxes_rate", "status", "timezone", "payment_attempts", "ready_for_payment_processing", "organization_id", "version_number", "currency", "fees_amount_cents", "coupons_amount_cents", "credit_notes_amount_cents", "prepaid_credit_amount_cents", "sub_total_excluding_taxes_amount_cents", "sub_total_including_taxes_amount_cents", "payment_due_date", "net_payment_term", "voided_at", "organization_sequential_id", "ready_to_be_refreshed", "payment_dispute_lost_at", "skip_charges", "payment_overdue", "negative_amount_cents", "progressive_billing_credit_amount_cents", "tax_status", "total_paid_amount_cents", "self_billed", "applied_grace_period", "billing_entity_id", "billing_entity_sequential_id", "finalized_at", "voided_invoice_id", "xml_file", "expected_finalization_date", "prepaid_granted_credit_amount_cents", "prepaid_purchased_credit_amount_cents", "payment_method_id", "skip_automatic_payment", "purchase_order_number", "payment_term", "payment_term_source") ON "public"."invoices" TO "rk_lago";
GRANT SELECT ("id", "invoice_id", "payment_request_id", "organization_id") ON "public"."invoices_payment_requests" TO "rk_lago";
GRANT SELECT ("id", "invoice_id", "tax_id", "tax_description", "tax_code", "tax_name", "tax_rate", "amount_cents", "amount_currency", "fees_amount_cents", "taxable_base_amount_cents", "organization_id") ON "public"."invoices_taxes" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "user_id", "status", "revoked_at") ON "public"."memberships" TO "rk_lago";
GRANT SELECT ("id", "number") ON "public"."order_forms" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "customer_id", "order_form_id", "number", "sequential_id", "status", "execution_mode", "execute_at", "executed_at", "execution_record") ON "public"."orders" TO "rk_lago";
GRANT SELECT ("id", "name", "webhook_url", "vat_rate", "country", "address_line1", "address_line2", "state", "zipcode", "email", "city", "logo", "legal_name", "legal_number", "invoice_footer", "invoice_grace_period", "timezone", "document_locale", "email_settings", "tax_identification_number", "net_payment_term", "default_currency", "document_numbering", "document_number_prefix", "eu_tax_management", "premium_integrations", "custom_aggregation", "finalize_zero_amount_invoice", "clickhouse_events_store", "authentication_methods", "audit_logs_period", "pre_filter_events", "clickhouse_deduplication_enabled", "feature_flags", "max_wallets", "slug") ON "public"."organizations" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "customer_id", "payment_provider_id", "payment_provider_customer_id") ON "public"."payment_methods" TO "rk_lago";
GRANT SELECT ("id", "customer_id", "payment_provider_id", "type", "provider_customer_id", "settings", "deleted_at", "organization_id", "code", "is_default") ON "public"."payment_provider_customers" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "type", "settings", "code", "name", "deleted_at") ON "public"."payment_providers" TO "rk_lago";
GRANT SELECT ("id", "number", "payment_id", "organization_id", "billing_entity_id") ON "public"."payment_receipts" TO "rk_lago";
GRANT SELECT ("id", "customer_id", "amount_cents", "amount_currency", "email", "organization_id", "payment_status", "payment_attempts", "ready_for_payment_processing", "dunning_campaign_id") ON "public"."payment_requests" TO "rk_lago";
GRANT SELECT ("id", "invoice_id", "payment_provider_id", "payment_provider_customer_id", "amount_cents", "amount_currency", "provider_payment_id", "status", "payable_type", "payable_id", "provider_payment_data", "payable_payment_status", "payment_type", "reference", "provider_payment_method_data", "provider_payment_method_id", "organization_id", "customer_id", "error_code", "payment_method_id") ON "public"."payments" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "plan_id", "rate_card_id", "units") ON "public"."plan_rate_cards" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "name", "code", "interval", "description", "amount_cents", "amount_currency", "trial_period", "pay_in_advance", "bill_charges_monthly", "parent_id", "deleted_at", "pending_deletion", "invoice_display_name", "bill_fixed_charges_monthly", "pricing_type") ON "public"."plans" TO "rk_lago";
GRANT SELECT ("id", "plan_id", "tax_id", "organization_id") ON "public"."plans_taxes" TO "rk_lago";
GRANT SELECT ("id", "name", "code", "short_name", "description", "organization_id") ON "public"."pricing_units" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "code", "name", "description", "invoice_display_name", "deleted_at") ON "public"."product_categories" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "product_filter_id", "billable_metric_filter_id", "value") ON "public"."product_filter_values" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "product_id", "name", "code", "description", "invoice_display_name") ON "public"."product_filters" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "product_category_id", "billable_metric_id", "add_on_id", "charge_id", "product_type", "code", "name", "invoice_display_name", "description", "deleted_at") ON "public"."products" TO "rk_lago";
GRANT SELECT ("id", "external_subscription_id", "external_id", "removed_at", "billable_metric_id", "properties", "deleted_at", "group_id", "organization_id", "grouped_by", "charge_filter_id") ON "public"."quantified_events" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "quote_id", "user_id") ON "public"."quote_owners" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "quote_id", "sequential_id", "status", "approved_at", "voided_at", "void_reason", "billing_items", "content", "currency", "mention_variables", "billing_entity_id") ON "public"."quote_versions" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "customer_id", "subscription_id", "number", "sequential_id", "order_type") ON "public"."quotes" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "rate_card_id", "code", "effective_from", "rate_model", "rate_properties", "min_amount_cents", "billing_interval_count", "billing_interval_unit", "applied_pricing_unit_conversion_rate") ON "public"."rate_card_rates" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "product_id", "product_filter_id", "code", "name", "description", "currency", "billing_timing", "proration", "display_on_invoice", "regroup_paid_fees", "applied_pricing_unit_code", "wallet_targetable", "deleted_at") ON "public"."rate_cards" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "rate_model", "rate_properties", "min_amount_cents", "billing_interval_count", "billing_interval_unit", "pricing_unit_conversion_rate", "deleted_at") ON "public"."rate_overrides" TO "rk_lago";
GRANT SELECT ("id", "payment_id", "credit_note_id", "payment_provider_id", "payment_provider_customer_id", "amount_cents", "amount_currency", "status", "provider_refund_id", "organization_id", "refundable_type", "refundable_id", "reason") ON "public"."refunds" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "subscription_id", "fixed_charge_id", "units") ON "public"."subscription_fixed_charge_units_overrides" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "subscription_id", "rate_card_id", "billing_anchor_date", "next_billing_at", "started_at", "ended_at", "units") ON "public"."subscription_rate_cards" TO "rk_lago";
GRANT SELECT ("id", "customer_id", "plan_id", "status", "canceled_at", "terminated_at", "started_at", "previous_subscription_id", "name", "external_id", "billing_time", "subscription_at", "ending_at", "trial_ended_at", "organization_id", "on_termination_credit_note", "on_termination_invoice", "payment_method_id", "payment_method_type", "skip_invoice_custom_sections", "last_received_event_on", "cancelation_reason", "incompleted_at", "activated_at", "billing_entity_id", "consolidate_invoice", "skip_daily_usage", "cancellation_reason", "purchase_order_number", "billing_anchor_date") ON "public"."subscriptions" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "subscription_id", "invoice_custom_section_id") ON "public"."subscriptions_invoice_custom_sections" TO "rk_lago";
GRANT SELECT ("id", "code", "name") ON "public"."taxes" TO "rk_lago";
GRANT SELECT ("id", "email") ON "public"."users" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "wallet_id", "billable_metric_id") ON "public"."wallet_targets" TO "rk_lago";
GRANT SELECT ("id", "wallet_id", "transaction_type", "status", "amount", "credit_amount", "settled_at", "invoice_id", "source", "transaction_status", "invoice_requires_successful_payment", "metadata", "credit_note_id", "failed_at", "organization_id", "priority", "name", "payment_method_id", "payment_method_type", "skip_invoice_custom_sections", "remaining_amount_cents", "voided_invoice_id", "billing_entity_id", "purchase_order_number") ON "public"."wallet_transactions" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "wallet_transaction_id", "invoice_custom_section_id") ON "public"."wallet_transactions_invoice_custom_sections" TO "rk_lago";
GRANT SELECT ("id", "customer_id", "status", "name", "rate_amount", "credits_balance", "consumed_credits", "expiration_at", "last_balance_sync_at", "last_consumed_credit_at", "terminated_at", "balance_cents", "balance_currency", "consumed_amount_cents", "consumed_amount_currency", "ongoing_balance_cents", "ongoing_usage_balance_cents", "credits_ongoing_balance", "credits_ongoing_usage_balance", "depleted_ongoing_balance", "invoice_requires_successful_payment", "ready_to_be_refreshed", "organization_id", "allowed_fee_types", "last_ongoing_balance_sync_at", "priority", "paid_top_up_min_amount_cents", "paid_top_up_max_amount_cents", "payment_method_id", "payment_method_type", "skip_invoice_custom_sections", "traceable", "code", "billing_entity_id", "purchase_order_number") ON "public"."wallets" TO "rk_lago";
GRANT SELECT ("id", "organization_id", "wallet_id", "invoice_custom_section_id") ON "public"."wallets_invoice_custom_sections" TO "rk_lago";

-- Exactly the tables that entities.yaml captures; all of their columns, since what is excluded is dropped by Rowhook.
CREATE PUBLICATION rowhook FOR TABLE
  "public"."active_storage_blobs",
  "public"."add_ons",
  "public"."add_ons_taxes",
  "public"."applied_coupons",
  "public"."applied_pricing_units",
  "public"."billable_metric_filters",
  "public"."billing_entities",
  "public"."billing_entities_invoice_custom_sections",
  "public"."billing_entities_taxes",
  "public"."charge_filter_values",
  "public"."charge_filters",
  "public"."charges",
  "public"."charges_taxes",
  "public"."commitments",
  "public"."commitments_taxes",
  "public"."coupon_targets",
  "public"."coupons",
  "public"."credit_note_items",
  "public"."credit_notes",
  "public"."credit_notes_taxes",
  "public"."customers",
  "public"."customers_invoice_custom_sections",
  "public"."customers_taxes",
  "public"."dunning_campaign_thresholds",
  "public"."dunning_campaigns",
  "public"."enriched_events",
  "public"."entitlement_features",
  "public"."events",
  "public"."fees",
  "public"."fees_taxes",
  "public"."fixed_charge_events",
  "public"."fixed_charges",
  "public"."fixed_charges_taxes",
  "public"."group_properties",
  "public"."groups",
  "public"."invoice_connections",
  "public"."invoice_custom_sections",
  "public"."invoice_settlements",
  "public"."invoices",
  "public"."invoices_payment_requests",
  "public"."invoices_taxes",
  "public"."memberships",
  "public"."orders",
  "public"."organizations",
  "public"."payment_provider_customers",
  "public"."payment_providers",
  "public"."payment_receipts",
  "public"."payment_requests",
  "public"."payments",
  "public"."plan_rate_cards",
  "public"."plans",
  "public"."plans_taxes",
  "public"."pricing_units",
  "public"."product_categories",
  "public"."product_filter_values",
  "public"."product_filters",
  "public"."products",
  "public"."quantified_events",
  "public"."quote_owners",
  "public"."quote_versions",
  "public"."quotes",
  "public"."rate_card_rates",
  "public"."rate_cards",
  "public"."rate_overrides",
  "public"."refunds",
  "public"."subscription_fixed_charge_units_overrides",
  "public"."subscription_rate_cards",
  "public"."subscriptions",
  "public"."subscriptions_invoice_custom_sections",
  "public"."wallet_targets",
  "public"."wallet_transactions",
  "public"."wallet_transactions_invoice_custom_sections",
  "public"."wallets",
  "public"."wallets_invoice_custom_sections"
  WITH (publish_via_partition_root = true);

-- Old values: without this previous and changed are null, a Deleted has only its key, and parts cannot be told by their
-- owner. It costs log: each UPDATE and DELETE also writes the whole old row, so about twice the log for updates of these
-- tables; INSERT costs nothing more. The statement itself is done at once, and rewrites nothing.
ALTER TABLE "public"."active_storage_blobs" REPLICA IDENTITY FULL;
ALTER TABLE "public"."add_ons" REPLICA IDENTITY FULL;
ALTER TABLE "public"."add_ons_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."applied_coupons" REPLICA IDENTITY FULL;
ALTER TABLE "public"."applied_pricing_units" REPLICA IDENTITY FULL;
ALTER TABLE "public"."billable_metric_filters" REPLICA IDENTITY FULL;
ALTER TABLE "public"."charge_filter_values" REPLICA IDENTITY FULL;
ALTER TABLE "public"."product_filter_values" REPLICA IDENTITY FULL;
ALTER TABLE "public"."billing_entities" REPLICA IDENTITY FULL;
ALTER TABLE "public"."billing_entities_invoice_custom_sections" REPLICA IDENTITY FULL;
ALTER TABLE "public"."billing_entities_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."charges" REPLICA IDENTITY FULL;
ALTER TABLE "public"."charge_filters" REPLICA IDENTITY FULL;
ALTER TABLE "public"."charges_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."commitments" REPLICA IDENTITY FULL;
ALTER TABLE "public"."commitments_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."coupons" REPLICA IDENTITY FULL;
ALTER TABLE "public"."coupon_targets" REPLICA IDENTITY FULL;
ALTER TABLE "public"."credit_notes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."credit_note_items" REPLICA IDENTITY FULL;
ALTER TABLE "public"."credit_notes_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."customers" REPLICA IDENTITY FULL;
ALTER TABLE "public"."customers_invoice_custom_sections" REPLICA IDENTITY FULL;
ALTER TABLE "public"."customers_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."dunning_campaigns" REPLICA IDENTITY FULL;
ALTER TABLE "public"."dunning_campaign_thresholds" REPLICA IDENTITY FULL;
ALTER TABLE "public"."enriched_events" REPLICA IDENTITY FULL;
DO $$ DECLARE part regclass; BEGIN -- and each of its partitions; one that is added later needs it too
  FOR part IN SELECT relid FROM pg_partition_tree('"public"."enriched_events"') WHERE relid <> '"public"."enriched_events"'::regclass LOOP
    EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', part);
  END LOOP; END $$;
ALTER TABLE "public"."entitlement_features" REPLICA IDENTITY FULL;
ALTER TABLE "public"."events" REPLICA IDENTITY FULL;
ALTER TABLE "public"."fees" REPLICA IDENTITY FULL;
ALTER TABLE "public"."fees_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."fixed_charges" REPLICA IDENTITY FULL;
ALTER TABLE "public"."fixed_charge_events" REPLICA IDENTITY FULL;
ALTER TABLE "public"."fixed_charges_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."groups" REPLICA IDENTITY FULL;
ALTER TABLE "public"."group_properties" REPLICA IDENTITY FULL;
ALTER TABLE "public"."invoices" REPLICA IDENTITY FULL;
ALTER TABLE "public"."invoice_connections" REPLICA IDENTITY FULL;
ALTER TABLE "public"."invoice_settlements" REPLICA IDENTITY FULL;
ALTER TABLE "public"."invoices_payment_requests" REPLICA IDENTITY FULL;
ALTER TABLE "public"."invoices_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."invoice_custom_sections" REPLICA IDENTITY FULL;
ALTER TABLE "public"."memberships" REPLICA IDENTITY FULL;
ALTER TABLE "public"."orders" REPLICA IDENTITY FULL;
ALTER TABLE "public"."organizations" REPLICA IDENTITY FULL;
ALTER TABLE "public"."payments" REPLICA IDENTITY FULL;
ALTER TABLE "public"."payment_providers" REPLICA IDENTITY FULL;
ALTER TABLE "public"."payment_provider_customers" REPLICA IDENTITY FULL;
ALTER TABLE "public"."payment_receipts" REPLICA IDENTITY FULL;
ALTER TABLE "public"."payment_requests" REPLICA IDENTITY FULL;
ALTER TABLE "public"."plans" REPLICA IDENTITY FULL;
ALTER TABLE "public"."plan_rate_cards" REPLICA IDENTITY FULL;
ALTER TABLE "public"."plans_taxes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."pricing_units" REPLICA IDENTITY FULL;
ALTER TABLE "public"."products" REPLICA IDENTITY FULL;
ALTER TABLE "public"."product_filters" REPLICA IDENTITY FULL;
ALTER TABLE "public"."product_categories" REPLICA IDENTITY FULL;
ALTER TABLE "public"."quantified_events" REPLICA IDENTITY FULL;
ALTER TABLE "public"."quotes" REPLICA IDENTITY FULL;
ALTER TABLE "public"."quote_owners" REPLICA IDENTITY FULL;
ALTER TABLE "public"."quote_versions" REPLICA IDENTITY FULL;
ALTER TABLE "public"."rate_cards" REPLICA IDENTITY FULL;
ALTER TABLE "public"."rate_card_rates" REPLICA IDENTITY FULL;
ALTER TABLE "public"."rate_overrides" REPLICA IDENTITY FULL;
ALTER TABLE "public"."refunds" REPLICA IDENTITY FULL;
ALTER TABLE "public"."subscriptions" REPLICA IDENTITY FULL;
ALTER TABLE "public"."subscription_fixed_charge_units_overrides" REPLICA IDENTITY FULL;
ALTER TABLE "public"."subscription_rate_cards" REPLICA IDENTITY FULL;
ALTER TABLE "public"."subscriptions_invoice_custom_sections" REPLICA IDENTITY FULL;
ALTER TABLE "public"."wallets" REPLICA IDENTITY FULL;
ALTER TABLE "public"."wallet_targets" REPLICA IDENTITY FULL;
ALTER TABLE "public"."wallets_invoice_custom_sections" REPLICA IDENTITY FULL;
ALTER TABLE "public"."wallet_transactions" REPLICA IDENTITY FULL;
ALTER TABLE "public"."wallet_transactions_invoice_custom_sections" REPLICA IDENTITY FULL;

-- To take Rowhook away again, once it is stopped:
-- SELECT pg_drop_replication_slot('rowhook');
-- DROP PUBLICATION rowhook;
-- DROP OWNED BY "rk_lago"; DROP ROLE "rk_lago";
-- ALTER TABLE ... REPLICA IDENTITY DEFAULT;   for each table above
