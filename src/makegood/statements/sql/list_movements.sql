-- Everything that moved what a customer owes or the customer's Available Funds on some days, in the order in which it
-- happened; with what it names. A use, a return, and what a negative invoice gave move both by the same amount, so they are
-- read from the side of the credit alone. What moved the money of a payment says which sort of movement it is: the movement of
-- the payment that was booked with it.
-- Parameters: provider, customer, from_on, upto_on (both inclusive).
-- Index: invoice_of_customer (customer_id, id), credit (customer_id), primary keys of receivable_entry, credit_entry,
-- credit_use, payment, payment_movement, refund_transfer and refund, payment (overpayment_credit_id),
-- credit_change_numbered (credit_id, number).
WITH moved AS (
    SELECT
        receivable_entry.type,
        1 AS ledger,
        receivable_entry.number AS position,
        receivable_entry.booked_on,
        receivable_entry.effective_on,
        receivable_entry.created_at,
        receivable_entry.journal_entry_id,
        receivable_entry.amount_minor AS owed_minor,
        0::bigint AS funds_minor,
        invoice.id AS invoice_id,
        NULL::bigint AS credit_id,
        CASE WHEN receivable_entry.type IN ('paid', 'unpaid') THEN receivable_entry.cause_id END AS payment_id,
        NULL::bigint AS run_row_id,
        CASE WHEN receivable_entry.type = 'issued' THEN invoice.created_by_id END AS staff_id
    FROM invoice
    JOIN receivable_entry ON receivable_entry.invoice_id = invoice.id
    WHERE invoice.provider_id = %(provider)s
        AND invoice.customer_id = %(customer)s
        AND receivable_entry.type NOT IN ('used', 'returned', 'to_funds')
        AND receivable_entry.booked_on BETWEEN %(from_on)s AND %(upto_on)s
    UNION ALL
    SELECT
        'credit_' || credit_entry.type,
        2,
        credit_entry.number,
        credit_entry.booked_on,
        credit_entry.effective_on,
        credit_entry.created_at,
        credit_entry.journal_entry_id,
        CASE
            WHEN credit_entry.use_id IS NOT NULL AND credit_entry.type IN ('used', 'returned') THEN credit_entry.amount_minor
            WHEN credit_entry.type = 'issued' AND credit.from_invoice_id IS NOT NULL THEN credit_entry.amount_minor
            ELSE 0
        END,
        credit_entry.amount_minor,
        coalesce(credit_use.invoice_id, CASE WHEN credit_entry.type = 'issued' THEN credit.from_invoice_id END),
        credit.id,
        CASE
            WHEN credit_entry.type = 'issued' THEN payment.id
            WHEN credit_entry.type IN ('adjusted', 'taken_back') AND own.number IS NOT NULL THEN payment.id
        END,
        coalesce(credit_entry.run_row_id, CASE WHEN credit_entry.type = 'issued' THEN credit.run_row_id END),
        CASE
            WHEN credit_entry.type = 'issued' THEN credit.created_by_id
            WHEN credit_entry.type = 'used' THEN credit_use.created_by_id
            ELSE credit_change.created_by_id
        END
    FROM credit
    JOIN credit_entry ON credit_entry.credit_id = credit.id
    LEFT JOIN credit_use ON credit_use.id = credit_entry.use_id
    LEFT JOIN payment ON payment.overpayment_credit_id = credit.id
    LEFT JOIN payment_movement AS own
        ON own.payment_id = payment.id AND own.journal_entry_id = credit_entry.journal_entry_id
    LEFT JOIN credit_change
        ON credit_change.credit_id = credit.id AND credit_change.journal_entry_id = credit_entry.journal_entry_id
    WHERE credit.provider_id = %(provider)s
        AND credit.customer_id = %(customer)s
        AND credit_entry.booked_on BETWEEN %(from_on)s AND %(upto_on)s
)
SELECT
    moved.type,
    moved.booked_on,
    moved.effective_on,
    moved.owed_minor,
    moved.funds_minor,
    moved.invoice_id,
    moved.credit_id,
    moved.payment_id,
    moved.journal_entry_id,
    payment_movement.type AS payment_movement,
    invoice.number AS invoice_number,
    invoice.period_from,
    invoice.period_to,
    credit.description AS credit_description,
    credit.kind AS credit_kind,
    payment.method AS payment_method,
    payment.reference AS payment_reference,
    run_row.run_id,
    CASE
        WHEN payment_movement.type = 'received' THEN payment.created_by_id
        WHEN payment_movement.type = 'refunded' THEN refund.created_by_id
        WHEN moved.payment_id IS NOT NULL THEN payment.reversed_by_id
        ELSE moved.staff_id
    END AS staff_id
FROM moved
LEFT JOIN invoice ON invoice.id = moved.invoice_id
LEFT JOIN credit ON credit.id = moved.credit_id
LEFT JOIN payment ON payment.id = moved.payment_id
LEFT JOIN payment_movement
    ON payment_movement.payment_id = moved.payment_id AND payment_movement.journal_entry_id = moved.journal_entry_id
LEFT JOIN refund_transfer ON refund_transfer.id = payment_movement.transfer_id
LEFT JOIN refund ON refund.id = refund_transfer.refund_id
LEFT JOIN run_row ON run_row.id = moved.run_row_id
ORDER BY
    moved.booked_on,
    moved.created_at,
    moved.journal_entry_id,
    moved.ledger,
    moved.invoice_id,
    moved.credit_id,
    moved.position
