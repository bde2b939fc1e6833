-- Charges late fees, which wait for the customers' next invoices. No tax is on them. Their customers' locks are held.
-- {fees}: late_find_fees.sql; its parameters come with it.
-- Parameters: provider, gl_code, day, at.
-- Index: charge (late_fee_of_id), unique.
WITH charged AS (
    INSERT INTO charge (
        provider_id, customer_id, late_fee_of_id, state, amount_minor, description, gl_code_id, tax_rate, charged_on,
        created_at, request_hash
    )
    SELECT
        %(provider)s, fee.customer_id, fee.invoice_id, 'waiting', fee.amount_minor,
        'Late fee for invoice ' || fee.number, %(gl_code)s, 0, %(day)s, %(at)s, ''
    FROM ({fees}) AS fee
    ON CONFLICT (late_fee_of_id) DO NOTHING
    RETURNING customer_id, amount_minor
)
SELECT
    count(*) AS fees, count(DISTINCT customer_id) AS customers, coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM charged
