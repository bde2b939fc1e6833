-- Customers whom a run of everybody who is due leaves out: who have an order that goes on and are not billed; who have a draft
-- in another run.
-- Parameters: run, provider, day.
-- Index: customer (provider_id, ...); customer_order (customer_id); invoice_by_state (provider_id, state); run_row_once.
SELECT
    (
        SELECT count(*)
        FROM customer
        WHERE customer.provider_id = %(provider)s
            AND NOT customer.billing_enabled
            AND EXISTS (
                SELECT
                FROM customer_order
                WHERE customer_order.customer_id = customer.id
                    AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
                    AND customer_order.from_date <= %(day)s
                    AND (customer_order.to_date IS NULL OR customer_order.to_date >= %(day)s)
            )
    ) AS billing_disabled,
    (
        SELECT count(DISTINCT invoice.customer_id)
        FROM invoice
        JOIN run_row ON run_row.id = invoice.run_row_id
        JOIN run ON run.id = run_row.run_id
        WHERE invoice.provider_id = %(provider)s
            AND invoice.state = 'draft'
            AND run.id <> %(run)s
            AND run.state <> 'finished'
            AND NOT EXISTS (
                SELECT FROM run_row AS own WHERE own.run_id = %(run)s AND own.customer_id = invoice.customer_id
            )
    ) AS draft_elsewhere
