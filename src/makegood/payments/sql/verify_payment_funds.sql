-- Payments whose overpayment is not a credit of what was over, on the payment's GL code; reversed payments whose overpayment
-- still holds or has paid something; and overpayments that were taken back without their payment.
-- Parameters: none.
-- Index: none; reads payments, allocations and credits once.
WITH first_allocated AS (
    SELECT payment_allocation.payment_id, sum(payment_allocation.amount_minor) AS amount_minor
    FROM payment_allocation
    JOIN payment ON payment.id = payment_allocation.payment_id
    WHERE payment_allocation.journal_entry_id = payment.journal_entry_id
    GROUP BY payment_allocation.payment_id
)
SELECT
    payment.id AS payment,
    credit.id AS credit,
    payment.amount_minor - coalesce(first_allocated.amount_minor, 0) AS over_minor,
    credit.issued_minor,
    credit.remaining_minor
FROM payment
LEFT JOIN first_allocated ON first_allocated.payment_id = payment.id
LEFT JOIN credit ON credit.id = payment.overpayment_credit_id
WHERE payment.amount_minor - coalesce(first_allocated.amount_minor, 0) <> coalesce(credit.issued_minor, 0)
    OR (payment.overpayment_credit_id IS NOT NULL AND credit.id IS NULL)
    OR credit.kind <> 'overpayment'
    OR credit.gl_code_id <> payment.gl_code_id
    OR (payment.state = 'reversed' AND credit.taken_back_minor <> credit.issued_minor)
    OR (payment.state <> 'reversed' AND credit.taken_back_minor <> 0)
