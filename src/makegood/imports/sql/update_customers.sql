-- Writes what differs in known customers.
-- Parameters: at. (The ids are of matched records, hence of the provider.)
-- Index: customer primary key.
UPDATE customer
SET
    name = import_customer.name,
    email = import_customer.email,
    phone = import_customer.phone,
    street = import_customer.street,
    postal_code = import_customer.postal_code,
    city = import_customer.city,
    region = import_customer.region,
    country = import_customer.country,
    customer_type = import_customer.customer_type,
    language = import_customer.language,
    status = import_customer.status,
    closed_on = import_customer.closed_on,
    billing_enabled = import_customer.billing_enabled,
    autopay = import_customer.autopay,
    email_opt_out = import_customer.email_opt_out,
    updated_at = %(at)s
FROM import_customer
WHERE import_customer.change = 'updated'
    AND customer.id = import_customer.id
