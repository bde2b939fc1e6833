"""Two people at the same record at the same moment."""

from functools import partial

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import add_customer, edit_customer
from makegood.kit.refusal import Refused
from makegood.orders.models import Order, OrderPrice
from makegood.orders.selectors import get_order, list_services
from makegood.orders.services.add_order import ServiceAddress, add_order
from makegood.orders.services.change_order import change_price
from makegood.orders.services.order_status import suspend_order, terminate_order
from tests.support import records
from tests.support.answers import Verified
from tests.support.together import at_once


def codes(answers: list[object]) -> list[str]:
    """The codes of those that were refused."""
    return [answer.code for answer in answers if isinstance(answer, Refused)]


def test_a_customers_number_is_given_once(committed_db: dict[str, str], assert_verified: Verified) -> None:
    north = records.add_provider()
    answers = at_once(
        *[partial(add_customer, provider=north, number="C1", name=f"N{n}", staff_id=None) for n in range(10)]
    )
    assert codes(list(answers)) == ["number_taken"] * 9
    assert Customer.objects.count() == 1
    assert_verified()


def test_an_orders_number_is_given_once_also_to_different_customers(
    committed_db: dict[str, str], assert_verified: Verified
) -> None:
    north = records.add_provider()
    service = list_services(north).get()
    customers = [records.add_customer(north, f"C{number}", areas=[]) for number in range(6)]
    sell = [
        partial(
            add_order, customer=customer, service=service, number="O1", address=ServiceAddress(),
            from_date=records.FIRST_DAY, staff_id=None,
        )
        for customer in customers
    ]  # fmt: skip
    assert codes(list(at_once(*sell))) == ["number_taken"] * 5
    assert Order.objects.count() == 1
    assert_verified()


def test_of_two_edits_from_the_same_view_one_is_saved(committed_db: dict[str, str]) -> None:
    north = records.add_provider()
    seen = records.add_customer(north, "C1").updated_at
    edits = [
        partial(
            edit_customer,
            customer=get_customer(north, "C1"),
            staff_id=None,
            seen_updated_at=seen,
            phone=f"555-{number}",
        )
        for number in range(5)
    ]
    assert codes(list(at_once(*edits))) == ["changed_meanwhile"] * 4
    assert AuditEntry.objects.filter(action="customer.edited").count() == 1


def test_a_price_a_suspension_and_an_end_at_once_leave_an_order_that_agrees(
    committed_db: dict[str, str], assert_verified: Verified
) -> None:
    north = records.add_provider()
    records.add_customer(north, "C1", areas=["Here", "There"])
    day = records.FIRST_DAY
    calls = [
        partial(change_price, order=get_order(north, "C1-1"), price_minor=100, effective_from=day, staff_id=None),
        partial(change_price, order=get_order(north, "C1-1"), price_minor=100, effective_from=day, staff_id=None),
        partial(suspend_order, order=get_order(north, "C1-1"), staff_id=None),
        partial(terminate_order, order=get_order(north, "C1-2"), to_date=day, staff_id=None),
        partial(terminate_order, order=get_order(north, "C1-2"), to_date=day, staff_id=None),
    ]
    assert codes(list(at_once(*calls))) == []
    assert OrderPrice.objects.filter(order__number="C1-1").count() == 2
    assert {order.number: order.status for order in Order.objects.all()} == {"C1-1": "suspended", "C1-2": "terminated"}
    assert_verified()
