-- What each customer owed at the end of a day, by how long it was overdue then, who owed most first; and in each row the sums
-- over all of them. It is what is due now, less all that was booked since: the end of last month reads one month of entries.
-- Parameters: provider, day, most (how many customers; null for all).
-- Index: invoice_by_state (provider_id, state), receivable_entry_by_day (provider_id, booked_on), invoice primary key.
WITH since AS (
    SELECT invoice_id, sum(amount_minor)::bigint AS amount_minor
    FROM receivable_entry
    WHERE provider_id = %(provider)s AND booked_on > %(day)s
    GROUP BY invoice_id
),
owed AS (
    SELECT id, customer_id, due_on, due_minor
    FROM invoice
    WHERE provider_id = %(provider)s AND state IN ('open', 'late')
    UNION ALL
    SELECT invoice.id, invoice.customer_id, invoice.due_on, -since.amount_minor
    FROM since
    JOIN invoice ON invoice.id = since.invoice_id
),
aged AS (
    SELECT customer_id, sum(due_minor) AS due_minor, %(day)s::date - due_on AS days
    FROM owed
    GROUP BY id, customer_id, due_on
    HAVING sum(due_minor) <> 0
),
by_customer AS (
    SELECT
        customer_id,
        count(*) AS invoices,
        coalesce(sum(due_minor) FILTER (WHERE days <= 0), 0)::bigint AS current,
        coalesce(sum(due_minor) FILTER (WHERE days BETWEEN 1 AND 30), 0)::bigint AS upto_30,
        coalesce(sum(due_minor) FILTER (WHERE days BETWEEN 31 AND 60), 0)::bigint AS upto_60,
        coalesce(sum(due_minor) FILTER (WHERE days BETWEEN 61 AND 90), 0)::bigint AS upto_90,
        coalesce(sum(due_minor) FILTER (WHERE days > 90), 0)::bigint AS over_90,
        sum(due_minor)::bigint AS total
    FROM aged
    GROUP BY customer_id
),
ranked AS (
    SELECT
        by_customer.*,
        count(*) OVER () AS all_customers,
        (sum(invoices) OVER ())::bigint AS all_invoices,
        (sum(by_customer.current) OVER ())::bigint AS all_current,
        (sum(upto_30) OVER ())::bigint AS all_upto_30,
        (sum(upto_60) OVER ())::bigint AS all_upto_60,
        (sum(upto_90) OVER ())::bigint AS all_upto_90,
        (sum(over_90) OVER ())::bigint AS all_over_90
    FROM by_customer
    ORDER BY total DESC, customer_id
    LIMIT %(most)s
)
SELECT ranked.*, customer.number, customer.name
FROM ranked
JOIN customer ON customer.id = ranked.customer_id
ORDER BY ranked.total DESC, ranked.customer_id
