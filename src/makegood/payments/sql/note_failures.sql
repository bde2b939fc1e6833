-- Says of the invoices of failed autopay payments when they are tried again, or that they are given up: after the last of
-- the days to wait, and at once where the failure is final. What was noted already is not counted again, and what is not
-- owed any more, or is collected by people, is neither tried again nor given up. Where the customer has another method as the
-- default by now, that is tried as soon as autopay may charge the customer again, as if new.
-- Parameters: payments and finals (bigint[], boolean[], of one length), retry_days (int[]), booked_on.
-- Index: payment_claim primary key, primary keys of payment, invoice and collection; payment_method_one_default (customer_id).
WITH failed AS MATERIALIZED (
    SELECT payment_id, is_final
    FROM unnest(%(payments)s::bigint[], %(finals)s::boolean[]) AS failed (payment_id, is_final)
),
waits AS MATERIALIZED (
    SELECT
        collection.invoice_id,
        failed.payment_id,
        invoice.state IN ('open', 'late') AND NOT invoice.by_hand AS owed,
        other.id IS NOT NULL AS begins_again,
        CASE
            WHEN other.id IS NOT NULL THEN greatest(%(booked_on)s::date, payment.collect_day + 1)
            WHEN NOT failed.is_final THEN %(booked_on)s::date + (%(retry_days)s::int[])[collection.tries + 1]
        END AS again_on
    FROM failed
    JOIN payment ON payment.id = failed.payment_id AND payment.purpose = 'autopay'
    JOIN payment_claim ON payment_claim.payment_id = failed.payment_id
    JOIN collection ON collection.invoice_id = payment_claim.invoice_id
        AND collection.last_payment_id = failed.payment_id
        AND collection.next_try_on IS NULL
        AND collection.given_up_on IS NULL
    JOIN invoice ON invoice.id = collection.invoice_id
    LEFT JOIN (
        SELECT payment_method.id, payment_method.customer_id
        FROM payment_method
        JOIN gateway ON gateway.id = payment_method.gateway_id AND gateway.active
        WHERE payment_method.is_default AND payment_method.held_at IS NULL
    ) AS other ON other.customer_id = payment.customer_id AND other.id <> payment.payment_method_id
),
noted AS (
    UPDATE collection
    SET tries = CASE WHEN waits.begins_again THEN 0 ELSE collection.tries + 1 END,
        next_try_on = CASE WHEN waits.owed THEN waits.again_on END,
        given_up_on = CASE WHEN waits.owed AND waits.again_on IS NULL THEN %(booked_on)s::date END
    FROM waits
    WHERE collection.invoice_id = waits.invoice_id
    RETURNING waits.payment_id, collection.given_up_on
)
SELECT DISTINCT payment_id
FROM noted
WHERE given_up_on IS NOT NULL
ORDER BY payment_id
