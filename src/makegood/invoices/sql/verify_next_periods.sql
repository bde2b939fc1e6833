-- Accounts whose next period could never be billed: it does not begin behind the first days of all periods that were.
-- Parameters: none.
-- Index: none; reads accounts and invoices once.
SELECT billing_account.customer_id AS customer, billing_account.next_period_on, billed.period_from AS billed_from
FROM billing_account
JOIN (
    SELECT customer_id, max(period_from) AS period_from
    FROM invoice
    WHERE kind = 'period' AND number IS NOT NULL AND state <> 'void'
    GROUP BY customer_id
) AS billed
    ON billed.customer_id = billing_account.customer_id
WHERE billing_account.next_period_on <= billed.period_from
