-- Payments of a gateway that wait to be submitted and that nobody will submit any more, with why: the gateway is not in use, the
-- method was removed, or, of what autopay made, it is held after a dispute, or the customer has autopay or automatic billing
-- disabled by now. Counterpart of take_to_submit.sql. One row for each, ascending by customer.
-- Parameters: gateway, limit.
-- Index: payment_under_way (gateway_id, next_check_at); primary keys of gateway, customer and payment_method.
SELECT payment.id, payment.customer_id, why.code
FROM payment
JOIN gateway ON gateway.id = payment.gateway_id
JOIN payment_method ON payment_method.id = payment.payment_method_id
JOIN customer ON customer.id = payment.customer_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN NOT gateway.active THEN 'gateway_gone'
        WHEN payment_method.removed_at IS NOT NULL THEN 'payment_method_gone'
        WHEN payment.purpose = 'autopay' AND payment_method.held_at IS NOT NULL THEN 'method_held'
        WHEN payment.purpose = 'autopay' AND NOT (customer.billing_enabled AND customer.autopay) THEN 'autopay_off'
    END AS code
) AS why
WHERE payment.gateway_id = %(gateway)s AND payment.state = 'created' AND why.code IS NOT NULL
ORDER BY payment.customer_id, payment.id
LIMIT %(limit)s
