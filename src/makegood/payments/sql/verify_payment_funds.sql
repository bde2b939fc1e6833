-- Payments whose overpayment is not a credit of what is over, on the payment's GL code; taken back payments whose overpayment
-- still holds; and overpayments that were taken back without their payment.
-- Parameters: none.
-- Index: none; reads payments and credits once.
SELECT
    payment.id AS payment,
    credit.id AS credit,
    payment.over_minor,
    credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor AS credit_minor,
    credit.remaining_minor
FROM payment
LEFT JOIN credit ON credit.id = payment.overpayment_credit_id
WHERE (payment.overpayment_credit_id IS NOT NULL AND credit.id IS NULL)
    OR credit.kind <> 'overpayment'
    OR credit.gl_code_id <> payment.gl_code_id
    OR CASE
        WHEN payment.state = 'succeeded'
            THEN payment.over_minor <> coalesce(credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor, 0)
        -- What was paid out, or has paid what is written off, cannot be taken back any more.
        WHEN payment.state IN ('returned', 'disputed') THEN payment.over_minor > coalesce(
            credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor, 0
        )
        WHEN payment.state = 'reversed' THEN coalesce(
            credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor, 0
        ) <> 0
        ELSE credit.id IS NOT NULL
    END
