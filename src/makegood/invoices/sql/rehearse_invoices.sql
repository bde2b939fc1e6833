-- The drafts of a run in figures: what they come to, what is different from each customer's last invoice of a period, what
-- Available Funds would pay of them. Funds are first of all needed for what is owed already.
-- Parameters: run, provider.
-- Index: run_row_once (run_id, ...); invoice (run_row_id); invoice_of_customer (customer_id, id).
WITH draft AS MATERIALIZED (
    SELECT invoice.id, invoice.customer_id, invoice.kind, invoice.net_minor, invoice.tax_minor, invoice.total_minor
    FROM run_row
    JOIN invoice ON invoice.run_row_id = run_row.id
    WHERE run_row.run_id = %(run)s AND invoice.provider_id = %(provider)s
),
compared AS (
    SELECT
        draft.*,
        customer.email,
        customer.email_opt_out,
        customer.billing_enabled,
        customer_balance.funds_minor,
        customer_balance.receivable_minor,
        before.total_minor AS before_minor
    FROM draft
    JOIN customer ON customer.id = draft.customer_id
    JOIN customer_balance ON customer_balance.customer_id = draft.customer_id
    LEFT JOIN LATERAL (
        SELECT invoice.total_minor
        FROM invoice
        WHERE invoice.customer_id = draft.customer_id
            AND invoice.id < draft.id
            AND invoice.number IS NOT NULL
            AND invoice.kind = 'period'
            AND invoice.state <> 'void'
        ORDER BY invoice.id DESC
        LIMIT 1
    ) AS before ON true
)
SELECT
    count(*) AS invoices,
    coalesce(sum(net_minor), 0) AS net_minor,
    coalesce(sum(tax_minor), 0) AS tax_minor,
    coalesce(sum(total_minor), 0) AS total_minor,
    count(*) FILTER (WHERE total_minor = 0) AS nothing,
    count(*) FILTER (WHERE kind = 'final') AS final,
    count(*) FILTER (WHERE total_minor < 0) AS negative,
    coalesce(-sum(total_minor) FILTER (WHERE total_minor < 0), 0) AS to_funds_minor,
    count(*) FILTER (WHERE email = '') AS without_email,
    count(*) FILTER (WHERE email <> '' AND email_opt_out) AS opted_out,
    count(*) FILTER (WHERE before_minor IS NULL) AS new,
    coalesce(sum(total_minor) FILTER (WHERE before_minor IS NULL), 0) AS new_minor,
    count(*) FILTER (WHERE total_minor > before_minor) AS up,
    coalesce(sum(total_minor - before_minor) FILTER (WHERE total_minor > before_minor), 0) AS up_minor,
    count(*) FILTER (WHERE total_minor < before_minor) AS down,
    coalesce(sum(before_minor - total_minor) FILTER (WHERE total_minor < before_minor), 0) AS down_minor,
    coalesce(sum(least(greatest(total_minor, 0), greatest(funds_minor - greatest(receivable_minor, 0), 0))), 0)
        AS will_use_minor,
    count(*) FILTER (WHERE total_minor > 0 AND funds_minor > greatest(receivable_minor, 0)) AS customers_with_funds
FROM compared
