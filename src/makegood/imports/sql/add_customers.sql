-- Adds the new customers; each gets its balance by trigger.
-- Parameters: provider, at.
-- Index: none beyond the table's own.
INSERT INTO customer (
    id, provider_id, number, name, email, phone, street, postal_code, city, region, country, customer_type,
    language, status, closed_on, billing_enabled, autopay, email_opt_out, created_at, updated_at
)
SELECT
    id, %(provider)s, number, name, email, phone, street, postal_code, city, region, country, customer_type,
    language, status, closed_on, billing_enabled, autopay, email_opt_out, %(at)s, %(at)s
FROM import_customer
WHERE change = 'added'
