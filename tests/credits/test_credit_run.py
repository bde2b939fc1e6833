"""Giving many customers a credit: what is booked, and for whom."""

from collections.abc import Callable

import pytest

from makegood.credits.models import Credit, CreditEntry
from makegood.ledger.models import JournalEntry
from makegood.orders.services.close_customer import close_customer
from makegood.customers.services import edit_customer
from tests.support import movements, records

pytestmark = pytest.mark.django_db
Verified = Callable[[], None]


def test_each_matching_customer_gets_the_amount_once(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 3)
    records.add_customer(north, "X1", areas=["Shelbyville"])

    run = records.credit(clerk, area="Springfield", amount_minor=1000)

    assert (run.state, run.rows_selected, run.rows_done, run.booked_minor) == ("finished", 3, 3, 3000)
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 1000, "C3": 1000, "X1": 0}
    assert_verified()


def test_the_owing(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customer = records.add_customer(north)
    movements.owe(customer, 700)
    close_customer(customer=customer, staff_id=None)
    run = records.credit(clerk)
    assert records.outcomes(run) == {"C1": "done"}
    credit = Credit.objects.get()
    movements.adjust(credit, 50)
    movements.adjust(credit, -20)
    movements.move_to_gl_code(credit, "4910")
    movements.use(credit, 300)
    movements.expire(credit)
    assert_verified()
