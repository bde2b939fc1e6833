-- The customers of the file, each once, as they will be: matched with the known ones by number.
-- change: added, updated, unchanged. 'infinity' is a date that the file says is absent.
-- Parameters: provider, today (the provider's day: when a customer is closed for whom the file gives no day).
-- Index: customer_number_unique (provider_id, number).
DROP TABLE IF EXISTS pg_temp.import_repeat, pg_temp.import_customer;
CREATE TEMPORARY TABLE import_repeat ON COMMIT DROP AS
SELECT repeated.line, repeated.number, repeated.first_line
FROM (
    SELECT import_row.line, import_row.number, min(import_row.line) OVER (PARTITION BY import_row.number) AS first_line
    FROM import_row
    WHERE import_row.leads
        AND import_row.number IN (
            SELECT candidate.number FROM import_row AS candidate WHERE candidate.leads
            GROUP BY candidate.number HAVING count(*) > 1
        )
) AS repeated
WHERE repeated.line > repeated.first_line;
ANALYZE import_repeat;
CREATE TEMPORARY TABLE import_customer ON COMMIT DROP AS
SELECT
    import_row.line,
    coalesce(customer.id, nextval(pg_get_serial_sequence('customer', 'id'))) AS id,
    CASE
        WHEN customer.id IS NULL THEN 'added'
        WHEN (
            customer.name, customer.email, customer.phone, customer.street, customer.postal_code, customer.city,
            customer.region, customer.country, customer.customer_type, customer.language, customer.status,
            customer.closed_on, customer.billing_enabled, customer.autopay, customer.email_opt_out
        ) IS DISTINCT FROM (
            wanted.name, wanted.email, wanted.phone, wanted.street, wanted.postal_code, wanted.city,
            wanted.region, wanted.country, wanted.customer_type, wanted.language, wanted.status,
            closing.closed_on, wanted.billing_enabled, wanted.autopay, wanted.email_opt_out
        ) THEN 'updated'
        ELSE 'unchanged'
    END AS change,
    customer.status = 'active' AND wanted.status = 'closed' AS closes,
    import_row.number,
    wanted.*,
    closing.closed_on
FROM import_row
LEFT JOIN customer ON customer.provider_id = %(provider)s AND customer.number = import_row.number
CROSS JOIN LATERAL (
    SELECT
        coalesce(import_row.name, customer.name) AS name,
        coalesce(import_row.email, customer.email, '') AS email,
        coalesce(import_row.phone, customer.phone, '') AS phone,
        coalesce(import_row.street, customer.street, '') AS street,
        coalesce(import_row.postal_code, customer.postal_code, '') AS postal_code,
        coalesce(import_row.city, customer.city, '') AS city,
        coalesce(import_row.region, customer.region, '') AS region,
        coalesce(import_row.country, customer.country, '') AS country,
        coalesce(import_row.customer_type, customer.customer_type, 'residential') AS customer_type,
        coalesce(import_row.language, customer.language, 'en') AS language,
        coalesce(import_row.status, customer.status, 'active') AS status,
        coalesce(import_row.billing_enabled, customer.billing_enabled, true) AS billing_enabled,
        coalesce(import_row.autopay, customer.autopay, false) AS autopay,
        coalesce(import_row.email_opt_out, customer.email_opt_out, false) AS email_opt_out
) AS wanted
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN wanted.status = 'active' THEN NULL
            WHEN customer.status = 'active' THEN coalesce(nullif(import_row.closed_on, 'infinity'), %(today)s)
            ELSE coalesce(nullif(import_row.closed_on, 'infinity'), customer.closed_on)
        END AS closed_on
) AS closing
WHERE import_row.leads
    AND NOT EXISTS (SELECT FROM import_repeat WHERE import_repeat.line = import_row.line);
ANALYZE import_customer
