-- Books the charges of a chunk whose customers are locked and checked: each row that is left becomes a charge, which waits
-- for the customer's next invoice. Nothing is written to the journal before that.
-- Parameters: run, after, upto, claim, template, description, gl_code, tax_rate, created_by, created_at, charged_on.
-- Index: run_row_once (run_id, customer_id, order_id).
WITH booked AS (
    INSERT INTO charge (
        provider_id, customer_id, order_id, run_row_id, template_id, state, amount_minor, description, gl_code_id, tax_rate,
        charged_on, created_by_id, created_at, request_hash
    )
    SELECT
        provider_id, customer_id, order_id, id, %(template)s, 'waiting', amount_minor, %(description)s, %(gl_code)s,
        %(tax_rate)s, %(charged_on)s, %(created_by)s, %(created_at)s, ''
    FROM run_row
    WHERE run_id = %(run)s
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
        AND outcome IS NOT DISTINCT FROM %(claim)s
    ORDER BY customer_id, order_id
    RETURNING customer_id, amount_minor
)
SELECT
    count(*) AS rows,
    count(DISTINCT customer_id) AS customers,
    coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM booked
