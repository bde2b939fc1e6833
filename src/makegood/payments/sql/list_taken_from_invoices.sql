-- What invoices lost when a payment was taken back, as far as they have not got it again, still owe it and nothing is in flight
-- for them: what they get when the payment is won back. Of those that were given up it is what is written off of them. The
-- customer's lock is held.
-- Parameters: payment, provider.
-- Index: primary keys of payment_allocation, payment_movement and invoice.
SELECT
    invoice.id AS invoice_id,
    invoice.state = 'uncollectible' AS is_given_up,
    least(
        taken.amount_minor,
        CASE WHEN invoice.state = 'uncollectible' THEN invoice.written_off_minor ELSE invoice.due_minor END
    ) AS amount_minor
FROM (
    SELECT payment_allocation.invoice_id, -sum(payment_allocation.amount_minor)::bigint AS amount_minor
    FROM payment_allocation
    JOIN payment_movement
        ON payment_movement.payment_id = payment_allocation.payment_id
        AND payment_movement.journal_entry_id = payment_allocation.journal_entry_id
        AND payment_movement.type IN ('returned', 'won_back')
    WHERE payment_allocation.payment_id = %(payment)s
    GROUP BY payment_allocation.invoice_id
) AS taken
JOIN invoice ON invoice.id = taken.invoice_id AND invoice.provider_id = %(provider)s
WHERE taken.amount_minor > 0
    AND (invoice.state = 'uncollectible' OR (invoice.state IN ('open', 'late') AND invoice.in_flight_minor = 0))
ORDER BY invoice.due_on, invoice.id
