"""What the reports are looked at with: two months of money, and a manager's browser."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.providers.models import Membership


@pytest.fixture
def manager(db: None) -> "Membership":
    """A manager of a provider that gave a credit and made an invoice in January, and used and was paid in February."""
    from datetime import date

    from makegood.customers.selectors import get_customer
    from tests.support import movements
    from tests.support.billing import on_day
    from tests.support.books import MARCH, give, newest_credit, open_books, reach
    from tests.support.paying import pay

    manager = open_books()
    north = manager.provider
    give(manager, date(2026, 1, 31), 300)
    with on_day(date(2026, 1, 31)):
        movements.owe(get_customer(north, "C1"), 100_000)
    with on_day(date(2026, 2, 1)):
        movements.use(newest_credit(north), 300)
        pay(manager, get_customer(north, "C1"), 70_000)
    reach(north, MARCH)
    return manager


@pytest.fixture
def client(manager: "Membership") -> "Client":
    """The manager's browser."""
    from tests.web.people import open_browser

    return open_browser(manager)
