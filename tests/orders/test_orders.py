"""Selling a service to a customer, and what becomes of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer, CustomerFigures
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.orders.models import Order, OrderPrice, Service
from makegood.orders.selectors import get_order, get_service, list_areas, list_orders_of, with_list_columns
from makegood.orders.services.add_order import ServiceAddress, add_order
from makegood.orders.services.add_service import add_service
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import set_order_status
from tests.support import records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def figures(customer: Customer) -> tuple[int, int]:
    """Active orders and monthly price, as lists show and sort them."""
    stored = CustomerFigures.objects.get(customer=customer)
    return stored.active_orders, stored.monthly_price_minor


def sell(customer: Customer, service: Service, number: str = "O1", **fields: object) -> Order:
    given = {"address": ServiceAddress("Springfield"), "from_date": date(2026, 1, 1), "staff_id": None} | fields
    return add_order(customer=customer, service=service, number=number, **given)  # type: ignore[arg-type]  # mixed fields


def test_an_order_costs_what_the_service_costs_unless_a_price_is_given(assert_verified: Verified) -> None:
    north = records.add_provider()
    customer = records.add_customer(north, areas=[])
    dsl = get_service(north, "DSL")
    assert sell(customer, dsl, "O1").price_minor == 2000
    assert sell(customer, dsl, "O2", price_minor=0).price_minor == 0
    assert sell(customer, dsl, " O3 ", price_minor=1550).number == "O3"
    assert figures(customer) == (3, 3550)
    assert [price.price_minor for price in OrderPrice.objects.order_by("order__number")] == [2000, 0, 1550]
    assert [order.number for order in list_orders_of(customer)] == ["O1", "O2", "O3"]
    assert_verified()


def test_only_active_orders_count(assert_verified: Verified) -> None:
    north = records.add_provider()
    customer = records.add_customer(north, areas=["Springfield", "Shelbyville"])
    order = get_order(north, "C1-1")
    set_order_status(order=order, status="suspended", staff_id=None)
    assert figures(customer) == (1, 2000)
    set_order_status(order=order, status="active", staff_id=None)
    assert figures(customer) == (2, 4000)
    records.add_order(customer, "C1-3", status="pending")
    assert figures(customer) == (2, 4000)
    assert_verified()


def test_a_termination_ends_the_order_on_the_providers_day_and_is_final(assert_verified: Verified) -> None:
    north = records.add_provider(timezone="America/Los_Angeles")
    records.add_customer(north)
    order = get_order(north, "C1-1")
    with frozen_clock(datetime(2026, 5, 1, 3, tzinfo=UTC)):
        set_order_status(order=order, status="terminated", staff_id=None)
    assert (order.status, order.to_date) == ("terminated", date(2026, 4, 30))
    with pytest.raises(Refused, match="is terminated and stays so"):
        set_order_status(order=order, status="active", staff_id=None)
    with pytest.raises(Refused, match="The status is one of"):
        set_order_status(order=order, status="gone", staff_id=None)
    assert_verified()


def test_an_order_that_begins_later_ends_no_earlier_than_it_begins() -> None:
    north = records.add_provider()
    customer = records.add_customer(north, areas=[])
    order = records.add_order(customer, "O1", from_date=date(2099, 1, 1), status="pending")
    set_order_status(order=order, status="terminated", staff_id=None)
    assert order.to_date == date(2099, 1, 1)


@pytest.mark.parametrize(
    ("number", "code"),
    [("", "number_malformed"), ("  ", "number_malformed"), ("O" * 41, "number_malformed"), ("C1-1", "number_taken")],
)
def test_an_order_needs_a_number_of_its_own(number: str, code: str) -> None:
    north = records.add_provider()
    customer = records.add_customer(north)
    with pytest.raises(Refused) as refused:
        sell(customer, get_service(north, "DSL"), number)
    assert refused.value.code == code
    assert Order.objects.count() == 1


def test_what_does_not_fit_is_refused_by_name() -> None:
    north = records.add_provider()
    customer = records.add_customer(north)
    with pytest.raises(Refused) as refused:
        sell(customer, get_service(north, "DSL"), address=ServiceAddress(area="A" * 101))
    assert (refused.value.code, refused.value.field) == ("too_long", "area")


def test_nothing_is_sold_to_a_closed_customer_nor_a_service_that_is_not_sold() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    customer = records.add_customer(north)
    with pytest.raises(Refused, match="The service “DSL” is not sold"):
        sell(customer, get_service(south, "DSL"))
    dsl = get_service(north, "DSL")
    dsl.active = False
    with pytest.raises(Refused, match="The service “DSL” is not sold"):
        sell(customer, dsl)
    close_customer(customer=customer, staff_id=None)
    with pytest.raises(Refused, match="Customer C1 is closed"):
        sell(customer, get_service(north, "DSL"))


def test_closing_a_customer_ends_the_orders_and_stays(assert_verified: Verified) -> None:
    north = records.add_provider(timezone="UTC")
    customer = records.add_customer(north, areas=["Springfield", "Shelbyville"])
    with frozen_clock(datetime(2026, 5, 1, 12, tzinfo=UTC)):
        close_customer(customer=customer, staff_id=None)
    with frozen_clock(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        close_customer(customer=customer, staff_id=None)
    assert (customer.status, customer.closed_on) == ("closed", date(2026, 5, 1))
    assert [(order.status, order.to_date) for order in list_orders_of(customer)] == [
        ("terminated", date(2026, 5, 1)),
        ("terminated", date(2026, 5, 1)),
    ]
    assert figures(customer) == (0, 0)
    assert AuditEntry.objects.filter(action="customer.closed", subject_id=customer.pk).exists()
    assert_verified()


def test_a_service_has_a_name_a_price_a_tax_rate_and_a_gl_code() -> None:
    north = records.add_provider()
    service = add_service(
        provider=north,
        name=" Fiber ",
        price_minor=0,
        gl_code=get_gl_code(north, "4010"),
        tax_rate=Decimal("7.25"),
        staff_id=None,
    )
    assert (service.name, service.price_minor, service.tax_rate) == ("Fiber", 0, Decimal("7.25"))
    assert get_service(north, "Fiber") == service


@pytest.mark.parametrize(
    ("name", "gl_code", "tax_rate", "code"),
    [
        ("", "4000", "0", "name_malformed"),
        ("F" * 101, "4000", "0", "name_malformed"),
        ("DSL", "4000", "0", "name_taken"),
        ("Fiber", "4900", "0", "gl_code_type"),
        ("Fiber", "4000", "-1", "tax_rate"),
        ("Fiber", "4000", "100.1", "tax_rate"),
        ("Fiber", "4000", "NaN", "tax_rate"),
        ("Fiber", "4000", "Infinity", "tax_rate"),
    ],
)
def test_a_service_that_cannot_be_is_refused(name: str, gl_code: str, tax_rate: str, code: str) -> None:
    north = records.add_provider()
    with pytest.raises(Refused) as refused:
        add_service(
            provider=north,
            name=name,
            price_minor=100,
            gl_code=get_gl_code(north, gl_code),
            tax_rate=Decimal(tax_rate),
            staff_id=None,
        )
    assert refused.value.code == code
    assert Service.objects.count() == 1


def test_a_service_on_a_gl_code_that_is_not_active_is_refused() -> None:
    north = records.add_provider()
    code = get_gl_code(north, "4000")
    code.active = False
    with pytest.raises(Refused, match="needs an active GL code of type service"):
        add_service(provider=north, name="Fiber", price_minor=1, gl_code=code, staff_id=None)


def test_lists_show_the_areas_of_the_service_addresses() -> None:
    north = records.add_provider()
    records.add_customer(north, "C1", areas=["Springfield", "Shelbyville", "Springfield"])
    records.add_customer(north, "C2", areas=[])
    shown = {customer.number: customer.areas for customer in with_list_columns(Customer.objects.all())}
    assert shown == {"C1": "Shelbyville, Springfield", "C2": None}
    assert list(list_areas(north)) == ["Shelbyville", "Springfield"]


def test_what_is_unknown_is_refused_by_name() -> None:
    north = records.add_provider()
    with pytest.raises(Refused, match="North has no order “O9”"):
        get_order(north, "O9")
    with pytest.raises(Refused, match="North has no service “Cable”"):
        get_service(north, "Cable")
