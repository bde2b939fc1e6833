"""Ann's invoice that a card and a credit have paid. Imports stand inside: this file is read before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.customers.models import Customer
    from makegood.invoices.models import Invoice
    from makegood.providers.models import Membership, Provider


@pytest.fixture
def clerk(north: "Provider") -> "Membership":
    """Who bills and refunds."""
    from tests.support import records

    return records.add_person(north)


@pytest.fixture
def browser(clerk: "Membership") -> "Client":
    """The clerk's browser."""
    from tests.web.people import open_browser

    return open_browser(clerk)


@pytest.fixture
def card_holder(north: "Provider") -> "Customer":
    """Ann, who pays with a card."""
    from makegood.customers.selectors import get_customer
    from tests.support.sandbox import add_method, connect

    connect(north)
    ann = get_customer(north, "N-1")
    add_method(ann)
    return ann


@pytest.fixture
def mixed(clerk: "Membership", card_holder: "Customer") -> "Invoice":
    """50.00, of which a credit has paid 10.00 and the card 40.00."""
    from makegood.credits.services.apply_funds import apply_now
    from tests.support import movements, records, refunding

    invoice = movements.owe(card_holder, 5000)
    records.credit(clerk, customers=[card_holder], amount_minor=1000, description="Outage")
    apply_now(membership=clerk, customer=card_holder, invoice=invoice)
    refunding.charge(clerk, invoice)
    invoice.refresh_from_db()
    return invoice
