-- What autopay takes on a day: owed invoices whose day has come, or whose day to be tried again has; each with its customer's
-- default method. Left out are invoices with a payment or a refund under way, those that people collect, those that were given
-- up, customers who have been charged on that day already, and methods that are held after a dispute. A part of other statements,
-- which look at one customer at a time (LATERAL, by customer_id). What has to be true of the customer is written so that no
-- index serves it: a planner that has not heard yet how many have autopay would read all of them for each.
-- Parameters: provider, day.
-- Index: customer primary key, payment_method_one_default (customer_id), invoice_owed (customer_id), collection primary key,
-- payment_one_for_each_collect_day (customer_id, collect_day), refund_one_pending (invoice_id).
SELECT
    invoice.customer_id,
    invoice.id AS invoice_id,
    invoice.due_minor,
    payment_method.id AS payment_method_id,
    payment_method.kind,
    gateway.id AS gateway_id
FROM customer
JOIN payment_method
    ON payment_method.customer_id = customer.id
    AND payment_method.is_default
    AND payment_method.held_at IS NULL
JOIN gateway ON gateway.id = payment_method.gateway_id AND gateway.active
JOIN invoice ON invoice.customer_id = customer.id
WHERE (customer.provider_id = %(provider)s AND customer.autopay AND customer.billing_enabled) IS TRUE
    AND invoice.state IN ('open', 'late')
    AND invoice.collect_on <= %(day)s::date
    AND invoice.in_flight_minor = 0
    AND NOT invoice.by_hand
    AND coalesce(
        (
            SELECT given_up_on IS NULL AND (next_try_on IS NULL OR next_try_on <= %(day)s::date)
            FROM collection
            WHERE collection.invoice_id = invoice.id
        ),
        true
    )
    AND NOT EXISTS (
        SELECT FROM payment WHERE payment.customer_id = customer.id AND payment.collect_day = %(day)s::date
    )
    AND NOT EXISTS (SELECT FROM refund WHERE refund.invoice_id = invoice.id AND refund.state = 'pending')
