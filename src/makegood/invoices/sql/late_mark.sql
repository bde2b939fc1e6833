-- Makes the Open invoices of some customers Late whose due date has passed. Their locks are held. A payment in flight is
-- waited for.
-- Parameters: provider, customers (bigint[]), day.
-- Index: invoice_by_due_date (provider_id, due_on, id) of open and late ones.
WITH marked AS (
    UPDATE invoice
    SET state = 'late', late_on = %(day)s
    WHERE provider_id = %(provider)s
        AND customer_id = ANY (%(customers)s::bigint[])
        AND state = 'open'
        AND due_on < %(day)s
        AND in_flight_minor = 0
    RETURNING customer_id, due_minor
)
SELECT
    count(*) AS invoices, count(DISTINCT customer_id) AS customers, coalesce(sum(due_minor), 0)::bigint AS amount_minor
FROM marked
