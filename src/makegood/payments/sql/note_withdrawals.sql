-- Has autopay try the invoices of withdrawn payments again from a day on, as soon as it may charge the customer again, without
-- counting a try: the payment was never submitted.
-- Parameters: payments (bigint[]), day.
-- Index: payment_claim primary key, primary keys of payment, invoice and collection.
UPDATE collection
SET next_try_on = greatest(%(day)s::date, payment.collect_day + 1)
FROM payment_claim
JOIN payment ON payment.id = payment_claim.payment_id
JOIN invoice ON invoice.id = payment_claim.invoice_id
WHERE payment_claim.payment_id = ANY(%(payments)s::bigint[])
    AND collection.invoice_id = payment_claim.invoice_id
    AND collection.last_payment_id = payment_claim.payment_id
    AND collection.next_try_on IS NULL
    AND collection.given_up_on IS NULL
    AND invoice.state IN ('open', 'late')
    AND NOT invoice.by_hand
