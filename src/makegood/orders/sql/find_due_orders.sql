-- Orders of some customers that today brings a change to: the last day has passed, or another price has begun.
-- Parameters: provider, today (the provider's), after (customer id, exclusive), upto (inclusive).
-- Index: customer_order (customer_id) and order_price_by_day for a few customers; none for all of them, of whom it reads the
-- orders and prices once.
SELECT customer_order.id, customer_order.customer_id
FROM customer_order
WHERE customer_order.provider_id = %(provider)s
    AND customer_order.customer_id > %(after)s
    AND customer_order.customer_id <= %(upto)s
    AND customer_order.status <> 'terminated'
    AND customer_order.to_date < %(today)s::date
UNION
SELECT customer_order.id, customer_order.customer_id
FROM order_price AS due
JOIN customer_order ON customer_order.id = due.order_id
WHERE due.provider_id = %(provider)s
    AND customer_order.customer_id > %(after)s
    AND customer_order.customer_id <= %(upto)s
    AND due.effective_from <= %(today)s::date
    AND due.price_minor <> customer_order.price_minor
    AND NOT EXISTS (
        SELECT FROM order_price AS later
        WHERE later.order_id = due.order_id
            AND later.effective_from <= greatest(%(today)s::date, customer_order.from_date)
            AND (later.effective_from, later.id) > (due.effective_from, due.id)
    )
ORDER BY customer_id, id
