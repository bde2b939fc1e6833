-- Everybody has a card at the provider's gateway. A sandbox knows them too, each as one whose charges succeed.
INSERT INTO gateway_customer (provider_id, gateway_id, customer_id, reference)
SELECT gateway.provider_id, gateway.id, customer.id, 'cus_bench' || lpad(customer.id::text, 8, '0')
FROM gateway
CROSS JOIN customer
ORDER BY customer.id;

INSERT INTO payment_method (
    provider_id, customer_id, gateway_id, kind, reference, brand, last_four, is_default, created_at
)
SELECT
    gateway.provider_id, customer.id, gateway.id, 'card', 'pm_bench' || lpad(customer.id::text, 8, '0'), 'Visa', '4242', true,
    timestamptz '2026-03-01'
FROM gateway
CROSS JOIN customer
ORDER BY customer.id;

INSERT INTO sandbox_method (provider_id, gateway_id, reference, owner, outcome, setup)
SELECT
    gateway.provider_id, gateway.id, 'pm_bench' || lpad(customer.id::text, 8, '0'),
    'cus_bench' || lpad(customer.id::text, 8, '0'), 'card_succeeds', ''
FROM gateway
CROSS JOIN customer
WHERE gateway.kind = 'sandbox'
ORDER BY customer.id
