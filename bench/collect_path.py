"""A day's collection as a worker does it, or bare calls of the same client; prints seconds as JSON.

Run as a process: ``python -m bench.collect_path PART [AT_ONCE]``, with DATABASE_URL set, and MAKEGOOD_STRIPE_API for
localstripe.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
django.setup()

from bench.billing_days import DUE  # noqa: E402
from bench.billing_path import noon  # noqa: E402
from bench.billing_work import log_position  # noqa: E402
from makegood.gateways.interface import Charge, ChargeOrder  # noqa: E402
from makegood.gateways.registry import open_gateway  # noqa: E402
from makegood.gateways.rules import MethodKind, Standing  # noqa: E402
from makegood.gateways.selectors import get_active_gateway  # noqa: E402
from makegood.gateways.services.gateways import connect_sandbox, connect_stripe  # noqa: E402
from makegood.invoices.models import Invoice  # noqa: E402
from makegood.kit.clock import frozen_clock  # noqa: E402
from makegood.kit.sql import run_sql  # noqa: E402
from makegood.payments.services.make_charges import make_charges  # noqa: E402
from makegood.payments.services.submit import submit_payments  # noqa: E402
from makegood.providers.models import Provider  # noqa: E402
from makegood.providers.selectors import get_membership, get_provider  # noqa: E402
from makegood.runs.chunked import work_through  # noqa: E402

Figures = dict[str, Any]
ORDERS = """
SELECT
    invoice.due_minor AS amount_minor, gateway_customer.reference AS customer, payment_method.reference AS method
FROM invoice
JOIN payment_method ON payment_method.customer_id = invoice.customer_id
JOIN gateway_customer ON gateway_customer.customer_id = invoice.customer_id
ORDER BY invoice.id
"""


@contextmanager
def measured(figures: Figures) -> Iterator[None]:
    """Adds what the block takes: seconds, of them this process's own, and bytes of the database's log."""
    log_before, began, used = log_position(), time.perf_counter(), time.process_time()
    yield
    figures["seconds"] = time.perf_counter() - began
    figures["cpu_seconds"] = time.process_time() - used
    figures["log_bytes"] = log_position() - log_before


def collect(provider: Provider, at_once: int) -> Figures:
    """The day's payments are made, submitted and booked."""
    figures: Figures = {}
    gateway = get_active_gateway(provider)
    with frozen_clock(noon(DUE)), measured(figures):
        made = time.perf_counter()
        work_through(lambda after: make_charges(provider=provider, day=DUE, after=after))
        figures["make_seconds"] = time.perf_counter() - made
        submit_payments(gateway=gateway, at_once=at_once)
    return {**figures, "customers": Invoice.objects.filter(state="paid", in_flight_minor=0).count()}


def call(provider: Provider, at_once: int) -> Figures:
    """The same charges, and nothing but the calls."""
    figures: Figures = {}
    client = open_gateway(get_active_gateway(provider))
    orders = [
        ChargeOrder(
            key=str(uuid4()),
            currency=provider.currency,
            currency_digits=provider.currency_digits,
            method_kind=MethodKind.CARD,
            describes=provider.name,
            **row,
        )
        for row in run_sql(ORDERS)
    ]
    with measured(figures):
        if at_once == 1:
            charges = [client.charge(order) for order in orders]
        else:
            with ThreadPoolExecutor(at_once) as pool:
                charges = list(pool.map(client.charge, orders))
    return {**figures, "customers": _count_succeeded(charges)}


def _count_succeeded(charges: list[Charge]) -> int:
    return sum(charge.standing == Standing.SUCCEEDED for charge in charges)


def prepare_sandbox(provider: Provider, _: int) -> Figures:
    connect_sandbox(membership=get_membership(provider, "admin@bench.example"))
    return {}


def prepare_stripe(provider: Provider, _: int) -> Figures:
    connect_stripe(
        membership=get_membership(provider, "admin@bench.example"),
        secret_key="sk_test_for_measurements",
        publishable_key="pk_test_for_measurements",
    )
    return {}


PARTS: dict[str, Callable[[Provider, int], Figures]] = {
    "collect": collect,
    "call": call,
    "prepare_sandbox": prepare_sandbox,
    "prepare_stripe": prepare_stripe,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](get_provider("bench"), int((*sys.argv, "1")[2]))))
