"""A provider with two invoices of February. Imports stand inside: this file is read before Django is set up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.providers.models import Membership, Provider


@pytest.fixture
def billed(db: None) -> "Iterator[Provider]":
    """North on February 1, 2026: Ann owes 54.44 for Fiber, of which 4.44 is tax, and Bob 20.00 for DSL."""
    from tests.support import billing
    from tests.web.invoices.people import FEBRUARY

    provider = billing.add_billing_provider()
    billing.add_taxed_service(provider, "Fiber", price_minor=5000, tax_rate="8.875")
    billing.add_billed_customer(provider, "N-1", name="Ann Archer", from_date=FEBRUARY, service="Fiber")
    billing.add_billed_customer(provider, "N-2", name="Bob & Sons", from_date=FEBRUARY)
    billing.issue_invoices(provider, FEBRUARY)
    with billing.on_day(FEBRUARY):
        yield provider


@pytest.fixture
def manager(billed: "Provider") -> "Membership":
    """Mary, who answers for the money."""
    from tests.support import records

    return records.add_person(billed, "manager")


@pytest.fixture
def mary(manager: "Membership") -> "Client":
    """Mary's browser."""
    from tests.web.people import open_browser

    return open_browser(manager)
