"""A provider as lists show it: customers that differ, 1.3 orders each, one credit run over everybody."""

import psycopg

from bench.commands import makegood, measure
from bench.databases import BenchServer

SERVICES = """
INSERT INTO service (provider_id, name, price_minor, tax_rate, gl_code_id, active)
SELECT provider.id, 'Fiber ' || speed, speed * 10, 0, gl_code.id, true
FROM provider
JOIN gl_code ON gl_code.provider_id = provider.id AND gl_code.code = '4000'
CROSS JOIN unnest(ARRAY[100, 300, 500, 1000, 2000]) AS speed
WHERE provider.slug = 'bench'
"""

CUSTOMERS = """
INSERT INTO customer (provider_id, number, name, email, phone, street, postal_code, city, region, country,
    customer_type, language, status, billing_enabled, autopay, email_opt_out, created_at, updated_at)
SELECT provider.id, 'C' || lpad(n::text, 8, '0'),
    (ARRAY['Ann', 'Bob', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gus', 'Hana', 'Ida', 'Jon'])[1 + (n * 7919) %% 10] || ' '
        || initcap(substr(md5(n::text), 1, 3 + (n %% 7)::int)),
    CASE WHEN n %% 9 > 0 THEN 'person' || n || '@' || substr(md5((n %% 50)::text), 1, 6) || '.example' ELSE '' END,
    '555-' || lpad((n %% 10000000)::text, 7, '0'), n || ' Main Street', '90001', 'Springfield', 'CA', 'US',
    CASE WHEN n %% 8 = 0 THEN 'business' ELSE 'residential' END, 'en',
    CASE WHEN n %% 20 = 0 THEN 'closed' ELSE 'active' END, n %% 50 > 0, n %% 3 = 0, n %% 40 = 0,
    timestamptz '2026-01-01', timestamptz '2026-01-01'
FROM provider, generate_series(1, %(customers)s::bigint) AS n
WHERE provider.slug = 'bench'
"""

ORDERS = """
WITH numbered AS (
    SELECT id, provider_id, number, status, substr(number, 2)::bigint AS n FROM customer
),
services AS (
    SELECT array_agg(id ORDER BY id) AS ids, array_agg(price_minor ORDER BY id) AS prices FROM service
),
made AS (
    INSERT INTO customer_order (provider_id, customer_id, number, service_id, street, postal_code, area, status,
        price_minor, from_date, to_date, created_at, updated_at)
    SELECT numbered.provider_id, numbered.id, numbered.number || '-' || position, services.ids[1 + n %% 5],
        n || ' Main Street', '90001', 'Area ' || lpad(((n * 31) %% 400)::text, 3, '0'),
        CASE WHEN numbered.status = 'closed' THEN 'terminated' WHEN n %% 25 = 1 THEN 'suspended' ELSE 'active' END,
        services.prices[1 + n %% 5], date '2024-01-01' + (n %% 700)::int,
        CASE WHEN numbered.status = 'closed' THEN date '2026-06-30' END,
        timestamptz '2026-01-01', timestamptz '2026-01-01'
    FROM numbered
    CROSS JOIN services
    CROSS JOIN generate_series(1, CASE WHEN n %% 10 < 3 THEN 2 ELSE 1 END) AS position
    ORDER BY n
    RETURNING id, provider_id, from_date, price_minor
)
INSERT INTO order_price (provider_id, order_id, effective_from, price_minor)
SELECT provider_id, id, from_date, price_minor FROM made
"""

FIGURES = """
INSERT INTO customer_figures (customer_id, provider_id, active_orders, monthly_price_minor)
SELECT customer.id, customer.provider_id, count(customer_order.id), coalesce(sum(customer_order.price_minor), 0)
FROM customer
LEFT JOIN customer_order
    ON customer_order.customer_id = customer.id AND customer_order.status IN ('active', 'suspended')
GROUP BY customer.id
"""


def prepare_lists(server: BenchServer, name: str, customers: int) -> str:
    """Makes the database and credits everybody once; returns its address."""
    url = server.create(name)
    makegood(url, "migrate")
    makegood(url, "provider", "add", "bench", "--name", "Bench", "--currency", "USD", "--timezone", "UTC")
    makegood(url, "staff", "add", "manager@bench.example", "--role", "manager")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE provider SET largest_funds_minor = 100000000")
        for statement in (SERVICES, CUSTOMERS, ORDERS, FIGURES):
            connection.execute(statement, {"customers": customers})
        connection.execute("VACUUM (ANALYZE)")
    measure(url, "bench.credit_path")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return url
