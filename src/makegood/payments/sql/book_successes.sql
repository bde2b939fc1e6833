-- Books payments that the processor made, whose customers' locks are held: payment, movement, claims, invoices, allocations,
-- both sub-ledgers, balances, and a journal entry for each payment, in one statement, so they cannot disagree.
-- A payment in flight pays what it claims. One that had failed already pays of that what is owed and not in flight again; of
-- several such for one invoice the earlier come first. What is over becomes Available Funds.
-- Parameters: provider, payments (bigint[]), references (text[], one for each), receivable and funds (GL codes), booked_on, at.
-- Index: primary keys of payment, payment_claim, invoice, receivable_entry, collection and customer_balance.
WITH answered AS MATERIALIZED (
    SELECT
        payment.id, payment.customer_id, payment.gl_code_id, payment.amount_minor, payment.state = 'failed' AS was_failed,
        answer.reference
    FROM unnest(%(payments)s::bigint[], %(references)s::text[]) AS answer (payment_id, reference)
    JOIN payment ON payment.id = answer.payment_id
    WHERE payment.provider_id = %(provider)s AND payment.state IN ('submitted', 'unknown', 'failed')
),
claimed AS MATERIALIZED (
    SELECT
        payment_claim.payment_id,
        payment_claim.invoice_id,
        payment_claim.amount_minor,
        payment_claim.open,
        answered.customer_id,
        invoice.due_on,
        CASE
            WHEN invoice.state NOT IN ('open', 'late') OR (invoice.in_flight_minor > 0 AND NOT payment_claim.open) THEN 0
            ELSE least(payment_claim.amount_minor, greatest(invoice.due_minor - coalesce(sum(payment_claim.amount_minor) OVER (
                PARTITION BY payment_claim.invoice_id
                ORDER BY NOT payment_claim.open, payment_claim.payment_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0), 0))
        END::bigint AS part_minor
    FROM answered
    JOIN payment_claim ON payment_claim.payment_id = answered.id
    JOIN invoice ON invoice.id = payment_claim.invoice_id
),
booked AS MATERIALIZED (
    -- Numbered in the order of payments, so that of two of one customer the later has the larger numbers.
    SELECT
        nextval('journal_entry_id_seq') AS entry_id,
        CASE WHEN split.over_minor > 0 THEN nextval('credit_id_seq') END AS credit_id,
        split.*
    FROM (
        SELECT
            answered.*,
            coalesce(paid.amount_minor, 0) AS allocated_minor,
            answered.amount_minor - coalesce(paid.amount_minor, 0) AS over_minor
        FROM answered
        LEFT JOIN (
            SELECT payment_id, sum(part_minor)::bigint AS amount_minor FROM claimed GROUP BY payment_id
        ) AS paid ON paid.payment_id = answered.id
        ORDER BY answered.id
    ) AS split
),
part AS MATERIALIZED (
    SELECT
        claimed.payment_id,
        claimed.invoice_id,
        claimed.customer_id,
        claimed.part_minor,
        booked.entry_id,
        row_number() OVER (PARTITION BY claimed.payment_id ORDER BY claimed.due_on, claimed.invoice_id) AS position,
        (SELECT max(number) FROM receivable_entry WHERE receivable_entry.invoice_id = claimed.invoice_id)
            + row_number() OVER (PARTITION BY claimed.invoice_id ORDER BY claimed.payment_id) AS entry_number
    FROM claimed
    JOIN booked ON booked.id = claimed.payment_id
    WHERE claimed.part_minor > 0
),
entry AS (
    INSERT INTO journal_entry (id, provider_id, booked_on, effective_on, created_at, event, cause_type, cause_id)
    SELECT entry_id, %(provider)s, %(booked_on)s, NULL, %(at)s, 'payment_recorded', 'payment', id
    FROM booked
),
line AS (
    INSERT INTO journal_line (provider_id, entry_id, gl_code_id, debit_minor, credit_minor)
    SELECT %(provider)s, entry_id, gl_code_id, amount_minor, 0 FROM booked
    UNION ALL
    SELECT %(provider)s, entry_id, %(receivable)s, 0, allocated_minor FROM booked WHERE allocated_minor > 0
    UNION ALL
    SELECT %(provider)s, entry_id, %(funds)s, 0, over_minor FROM booked WHERE over_minor > 0
),
changed AS (
    UPDATE payment
    SET state = 'succeeded',
        allocated_minor = booked.allocated_minor,
        over_minor = booked.over_minor,
        overpayment_credit_id = booked.credit_id,
        gateway_reference = CASE payment.gateway_reference WHEN '' THEN booked.reference ELSE payment.gateway_reference END,
        journal_entry_id = booked.entry_id,
        received_on = %(booked_on)s,
        booked_on = %(booked_on)s,
        settled_at = %(at)s,
        failure_code = '',
        failure = '',
        held_until = NULL,
        next_check_at = NULL
    FROM booked
    WHERE payment.id = booked.id
),
moved AS (
    INSERT INTO payment_movement (
        payment_id, number, provider_id, journal_entry_id, type, amount_minor, created_at, booked_on, effective_on
    )
    SELECT id, 1, %(provider)s, entry_id, 'received', amount_minor, %(at)s, %(booked_on)s, NULL
    FROM booked
),
closed AS (
    UPDATE payment_claim
    SET open = false
    FROM claimed
    WHERE payment_claim.payment_id = claimed.payment_id AND payment_claim.invoice_id = claimed.invoice_id AND claimed.open
),
paid AS (
    UPDATE invoice
    SET paid_minor = invoice.paid_minor + of_invoice.part_minor,
        in_flight_minor = invoice.in_flight_minor - of_invoice.released_minor,
        state = CASE WHEN of_invoice.part_minor > 0 AND invoice.due_minor = of_invoice.part_minor THEN 'paid' ELSE invoice.state END,
        settled_on = CASE
            WHEN of_invoice.part_minor > 0 AND invoice.due_minor = of_invoice.part_minor THEN %(booked_on)s::date
            ELSE invoice.settled_on
        END
    FROM (
        SELECT
            invoice_id,
            sum(part_minor)::bigint AS part_minor,
            coalesce(sum(amount_minor) FILTER (WHERE open), 0)::bigint AS released_minor
        FROM claimed
        GROUP BY invoice_id
        HAVING sum(part_minor) > 0 OR bool_or(open)
    ) AS of_invoice
    WHERE invoice.id = of_invoice.invoice_id
    RETURNING invoice.id, invoice.state
),
settled AS (
    UPDATE collection
    SET next_try_on = NULL, given_up_on = NULL
    FROM paid
    WHERE collection.invoice_id = paid.id AND paid.state = 'paid'
),
allocated AS (
    INSERT INTO payment_allocation (payment_id, number, provider_id, invoice_id, journal_entry_id, amount_minor)
    SELECT payment_id, position, %(provider)s, invoice_id, entry_id, part_minor
    FROM part
),
entered AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        invoice_id, entry_number, %(provider)s, customer_id, entry_id, 'payment', payment_id, -part_minor, %(at)s,
        %(booked_on)s, NULL, 'paid'
    FROM part
),
balance AS (
    UPDATE customer_balance
    SET receivable_minor = customer_balance.receivable_minor - of_customer.allocated_minor,
        funds_minor = customer_balance.funds_minor + of_customer.over_minor
    FROM (
        SELECT customer_id, sum(allocated_minor)::bigint AS allocated_minor, sum(over_minor)::bigint AS over_minor
        FROM booked
        GROUP BY customer_id
    ) AS of_customer
    WHERE customer_balance.customer_id = of_customer.customer_id
    RETURNING customer_balance.customer_id, customer_balance.funds_minor - of_customer.over_minor AS funds_before_minor
),
issued AS (
    INSERT INTO credit (
        id, provider_id, customer_id, gl_code_id, created_at, issued_on, kind, description, issued_minor, adjusted_minor,
        used_minor, refunded_minor, expired_minor, taken_back_minor
    )
    SELECT
        credit_id, %(provider)s, customer_id, gl_code_id, %(at)s, %(booked_on)s, 'overpayment',
        'Overpayment of ' || %(booked_on)s::date, over_minor, 0, 0, 0, 0, 0
    FROM booked
    WHERE over_minor > 0
),
credited AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
        booked_on, type
    )
    SELECT
        booked.credit_id, 1, %(provider)s, booked.customer_id, booked.entry_id, booked.over_minor,
        balance.funds_before_minor + sum(booked.over_minor) OVER (PARTITION BY booked.customer_id ORDER BY booked.id),
        %(at)s, %(booked_on)s, 'issued'
    FROM booked
    JOIN balance ON balance.customer_id = booked.customer_id
    WHERE booked.over_minor > 0
)
SELECT id, customer_id, amount_minor, over_minor, was_failed FROM booked ORDER BY id
