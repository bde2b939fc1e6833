"""A provider with many customers, made by a few statements."""

import psycopg

from bench.commands import makegood
from bench.databases import BenchServer

CUSTOMERS = """
INSERT INTO customer (provider_id, number, name, email, phone, street, postal_code, city, region, country,
    customer_type, language, status, billing_enabled, autopay, email_opt_out, created_at, updated_at)
SELECT provider.id, 'C' || lpad(n::text, 8, '0'), 'Customer number ' || n, 'customer' || n || '@example.net', '',
    n || ' Main Street', '90001', 'Springfield', 'CA', 'US', 'residential', 'en', 'active', true, false, false,
    timestamptz '2026-01-01', timestamptz '2026-01-01'
FROM provider, generate_series(1, %(customers)s::bigint) AS n
WHERE provider.slug = 'bench'
"""
FIGURES = """
INSERT INTO customer_figures (customer_id, provider_id, active_orders, monthly_price_minor)
SELECT id, provider_id, 0, 0 FROM customer
"""


def prepare_customers(server: BenchServer, name: str, customers: int) -> None:
    """Makes a migrated database with one provider, a manager and so many customers, vacuumed and analysed."""
    url = prepare_provider(server, name)
    add_customers(url, customers)


def prepare_provider(server: BenchServer, name: str) -> str:
    """Makes a migrated database with one provider and a manager; returns its address."""
    url = server.create(name)
    makegood(url, "migrate")
    makegood(url, "provider", "add", "bench", "--name", "Bench", "--currency", "USD", "--timezone", "UTC")
    makegood(url, "staff", "add", "manager@bench.example", "--role", "manager")
    return url


def add_customers(url: str, customers: int) -> None:
    """Adds so many customers; vacuums and analyses."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(CUSTOMERS, {"customers": customers})
        connection.execute(FIGURES)
        connection.execute("VACUUM (ANALYZE)")
