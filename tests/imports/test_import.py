"""Bringing customers and orders in, again and again."""

from datetime import UTC, date, datetime

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.imports.records import CustomerRecord, OrderRecord
from makegood.imports.services import save_records
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.ledger.services import set_gl_code_active
from makegood.orders.models import Order
from makegood.orders.selectors import get_order, get_service
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Provider
from tests.imports.plain import ANNA, BEN, CLEO, HEADER, BringIn, count
from tests.support import records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

# Both a quarter of an hour apart around midnight in Los Angeles.
FIFTH_OF_MAY = datetime(2026, 5, 6, 6, 50, tzinfo=UTC)
SIXTH_OF_MAY = datetime(2026, 5, 6, 7, 5, tzinfo=UTC)


def prices(provider: Provider, number: str) -> list[tuple[str, int]]:
    """The order's recorded prices, each with its first day."""
    recorded = get_order(provider, number).prices.order_by("effective_from", "id")
    return [(price.effective_from.isoformat(), price.price_minor) for price in recorded]


def test_customers_and_orders_come_in(bring_in: BringIn, north: Provider, assert_verified: Verified) -> None:
    report = bring_in(ANNA, BEN, CLEO)
    assert count(report) == {"customers": (3, 0, 0), "orders": (3, 0, 0)}
    assert (report.rows, report.bad, report.written) == (3, [], True)
    cleo = get_customer(north, "C3")
    assert (cleo.name, cleo.status, cleo.closed_on, cleo.language, cleo.billing_enabled) == (
        "Cleo",
        "closed",
        None,
        "en",
        True,
    )
    ben = get_order(north, "C2-1")
    assert (ben.customer.number, ben.service.name, ben.area, ben.price_minor) == ("C2", "Fiber", "Old Town", 4550)
    assert (ben.status, ben.from_date, ben.to_date) == ("active", date(2025, 6, 15), None)
    assert (ben.customer.figures.active_orders, ben.customer.figures.monthly_price_minor) == (1, 4550)
    assert prices(north, "C2-1") == [("2025-06-15", 4550)]
    assert_verified()


def test_the_same_file_again_changes_nothing(bring_in: BringIn, north: Provider, assert_verified: Verified) -> None:
    bring_in(ANNA, BEN, CLEO)
    before = list(Customer.objects.order_by("id").values()), list(Order.objects.order_by("id").values())
    again = bring_in(ANNA, BEN, CLEO)
    assert count(again) == {"customers": (0, 0, 3), "orders": (0, 0, 3)}
    assert before == (list(Customer.objects.order_by("id").values()), list(Order.objects.order_by("id").values()))
    assert_verified()


def test_only_what_differs_is_updated(bring_in: BringIn, north: Provider, assert_verified: Verified) -> None:
    with frozen_clock(FIFTH_OF_MAY):
        bring_in(ANNA, BEN)
    with frozen_clock(SIXTH_OF_MAY):
        report = bring_in(ANNA, BEN.replace("Ben", "Benjamin"), CLEO)
    assert count(report) == {"customers": (1, 1, 1), "orders": (1, 0, 2)}
    assert get_customer(north, "C1").updated_at == FIFTH_OF_MAY
    assert get_customer(north, "C2").updated_at == SIXTH_OF_MAY
    assert get_order(north, "C2-1").updated_at == FIFTH_OF_MAY
    assert_verified()


def test_fields_that_the_map_does_not_name_stay_as_people_left_them(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    bring_in(ANNA)
    edit_customer(customer=get_customer(north, "C1"), staff_id=None, phone="555-0100", autopay=True)
    assert count(bring_in(ANNA)) == {"customers": (0, 0, 1), "orders": (0, 0, 1)}
    bring_in(ANNA.replace("Anna", "Hannah"))
    anna = get_customer(north, "C1")
    assert (anna.name, anna.phone, anna.autopay) == ("Hannah", "555-0100", True)
    assert_verified()


def test_a_changed_price_holds_from_the_providers_day(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    bring_in(ANNA)
    with frozen_clock(FIFTH_OF_MAY):
        report = bring_in(ANNA.replace("20.00", "25.00"))
    assert count(report) == {"customers": (0, 0, 1), "orders": (0, 1, 0)}
    with frozen_clock(SIXTH_OF_MAY):
        bring_in(ANNA.replace("20.00", "30.00"))
    assert prices(north, "C1-1") == [("2024-02-01", 2000), ("2026-05-05", 2500), ("2026-05-06", 3000)]
    assert get_customer(north, "C1").figures.monthly_price_minor == 3000
    assert_verified()


def test_a_wrong_price_can_be_corrected_on_the_same_day(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    with frozen_clock(FIFTH_OF_MAY):
        for price in ("20.00", "2000", "21.00"):
            bring_in(ANNA.replace("20.00", price))
    assert prices(north, "C1-1") == [("2024-02-01", 2000), ("2026-05-05", 200000), ("2026-05-05", 2100)]
    assert_verified()


def test_a_price_does_not_change_before_the_orders_first_day(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    later = ANNA.replace("2024-02-01", "2026-09-01")
    with frozen_clock(FIFTH_OF_MAY):
        bring_in(later)
        bring_in(later.replace("20.00", "22.00"))
    assert prices(north, "C1-1") == [("2026-09-01", 2000), ("2026-09-01", 2200)]
    assert_verified()


def test_services_are_found_by_name_and_made_when_missing(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    bring_in(ANNA, BEN, BEN.replace("C2", "C9").replace("45.50", "50.00"))
    known, made = get_service(north, "DSL"), get_service(north, "Fiber")
    assert (known.price_minor, made.price_minor) == (2000, 4550)
    assert made.gl_code.code == "4000"
    assert count(bring_in(ANNA.replace("DSL", "Fiber"))) == {"customers": (0, 0, 1), "orders": (0, 1, 0)}
    assert get_order(north, "C1-1").service == made
    assert_verified()


def test_the_map_can_say_the_gl_code_of_new_services(bring_in: BringIn, north: Provider) -> None:
    bring_in(
        content="id,plan\n1,Phone\n2,Fax\n",
        map='[customer]\nnumber = "id"\nname = "id"\n[[order]]\nnumber = "id"\nservice = "plan"\n'
        'gl_code = { column = "plan", values = { Phone = "4010" }, otherwise = "4020" }\n'
        "price = { constant = 5 }\nfrom_date = { constant = 2026-01-01 }\n",
    )
    assert get_service(north, "Phone").gl_code.code == "4010"
    assert get_service(north, "Fax").gl_code.code == "4020"


def test_without_a_service_gl_code_no_service_can_be_made(bring_in: BringIn, north: Provider) -> None:
    for gl_code in north.glcode_set.filter(type="service"):
        set_gl_code_active(gl_code=gl_code, active=False, staff_id=None)
    assert bring_in(ANNA).written
    with pytest.raises(Refused, match="no active GL code of type service"):
        bring_in(BEN)


def test_one_row_can_bring_several_orders_or_none(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    content = "id,internet,phone\n1,DSL,Yes\n2,No,Yes\n3,DSL,No\n4,No,No\n"
    both = """
        [customer]
        number = "id"
        name = { pattern = "Customer {id}" }
        [[order]]
        when = { column = "internet", not = "No" }
        number = { pattern = "{id}-internet" }
        service = "internet"
        price = { constant = 30 }
        from_date = { constant = 2026-01-01 }
        [[order]]
        when = { column = "phone", is = "Yes" }
        number = { pattern = "{id}-phone" }
        service = { constant = "Phone" }
        price = { constant = 12.50 }
        from_date = { constant = 2026-01-01 }
    """
    for expected in ({"customers": (4, 0, 0), "orders": (4, 0, 0)}, {"customers": (0, 0, 4), "orders": (0, 0, 4)}):
        assert count(bring_in(content=content, map=both)) == expected
    figures = {c.number: (c.figures.active_orders, c.figures.monthly_price_minor) for c in Customer.objects.all()}
    assert figures == {"1": (2, 4250), "2": (1, 1250), "3": (1, 3000), "4": (0, 0)}
    assert_verified()


def test_a_customer_can_stand_on_a_row_for_each_order(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    rows = (ANNA, ANNA.replace("C1-1", "C1-2"), BEN, ANNA.replace("C1-1", "C1-3"))
    assert count(bring_in(*rows)) == {"customers": (2, 0, 0), "orders": (4, 0, 0)}
    assert count(bring_in(*rows)) == {"customers": (0, 0, 2), "orders": (0, 0, 4)}
    assert get_customer(north, "C1").figures.monthly_price_minor == 6000
    assert_verified()


def test_closing_a_customer_ends_the_orders_too_also_those_that_the_file_does_not_name(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    bring_in(ANNA)
    records.add_order(get_customer(north, "C1"), "by hand")
    records.add_order(get_customer(north, "C1"), "next year", from_date=date(2027, 1, 1), status="pending")
    with frozen_clock(SIXTH_OF_MAY):
        report = bring_in(ANNA.replace(",on,", ",off,"))
    assert count(report) == {"customers": (0, 1, 0), "orders": (0, 3, 0)}
    assert get_customer(north, "C1").closed_on == date(2026, 5, 6)
    ends = {order.number: (order.status, str(order.to_date)) for order in Order.objects.all()}
    assert ends == {
        "C1-1": ("terminated", "2026-05-01"),
        "by hand": ("terminated", "2026-05-06"),
        "next year": ("terminated", "2027-01-01"),
    }
    assert count(bring_in(ANNA.replace(",on,", ",off,"))) == {"customers": (0, 0, 1), "orders": (0, 0, 1)}
    assert_verified()


def test_a_customer_who_comes_back_is_active_again(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    bring_in(CLEO)
    report = bring_in(CLEO.replace(",off,", ",on,"))
    assert count(report) == {"customers": (0, 1, 0), "orders": (0, 1, 0)}
    assert get_order(north, "C3-1").to_date is None
    assert_verified()


def test_a_customer_closed_by_hand_stays_closed_if_the_file_says_nothing_about_it(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    silent = '[customer]\nnumber = "customer"\nname = "name"\n'
    bring_in(ANNA)
    close_customer(customer=get_customer(north, "C1"), staff_id=None)
    assert count(bring_in(ANNA, map=silent)) == {"customers": (0, 0, 1), "orders": (0, 0, 0)}
    assert get_customer(north, "C1").status == "closed"
    assert_verified()


def test_a_dry_run_says_what_would_be_and_writes_nothing(bring_in: BringIn, assert_verified: Verified) -> None:
    bring_in(ANNA)
    audited = AuditEntry.objects.count()
    report = bring_in(ANNA.replace("Anna", "Hannah"), BEN, dry_run=True)
    assert count(report) == {"customers": (1, 1, 0), "orders": (1, 0, 1)}
    assert (report.dry_run, report.written) == (True, False)
    assert [customer.name for customer in Customer.objects.all()] == ["Anna"]
    assert AuditEntry.objects.count() == audited
    assert_verified()


def test_providers_do_not_see_each_others_customers(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    south = records.add_provider("south", currency="JPY", timezone="Asia/Tokyo")
    bring_in(ANNA)
    report = bring_in(ANNA.replace("20.00", "2000"), provider=south)
    assert count(report) == {"customers": (1, 0, 0), "orders": (1, 0, 0)}
    assert get_order(south, "C1-1").price_minor == 2000
    assert get_order(north, "C1-1").price_minor == 2000
    assert get_order(south, "C1-1").service.provider == south
    assert_verified()


def test_an_import_leaves_one_audit_row_without_names(bring_in: BringIn, north: Provider) -> None:
    bring_in(ANNA, BEN)
    [entry] = AuditEntry.objects.filter(action="customers.imported")
    assert (entry.provider_id, entry.staff_id) == (north.pk, None)
    assert (entry.detail["rows"], entry.detail["file"]) == (2, "customers.csv")
    assert entry.detail["customers"] == {"added": 2, "updated": 0, "unchanged": 0}
    assert "Anna" not in str(entry.detail)


def test_a_file_with_a_header_only_brings_nothing(bring_in: BringIn) -> None:
    report = bring_in(content=HEADER)
    assert (report.rows, report.bad_rows, report.written) == (0, 0, True)


def test_a_program_saves_records_in_the_same_way(north: Provider, assert_verified: Verified) -> None:
    order = OrderRecord("1-1", "DSL", "Old Town", 2000, date(2026, 1, 1))
    customers = [CustomerRecord("1", "Anna", autopay=True, orders=(order,)), CustomerRecord("2", "Ben")]
    assert count(save_records(provider=north, records=customers)) == {"customers": (2, 0, 0), "orders": (1, 0, 0)}
    assert count(save_records(provider=north, records=customers)) == {"customers": (0, 0, 2), "orders": (0, 0, 1)}
    assert get_customer(north, "1").autopay
    assert_verified()


@pytest.mark.parametrize(
    "wrong",
    [
        [CustomerRecord("1", "")],
        [CustomerRecord("1", "Anna"), CustomerRecord("1", "Anna")],
        [CustomerRecord("1", "Anna", orders=(OrderRecord("1", "DSL", "", 0, date(2026, 1, 1), "terminated"),))],
    ],
)
def test_a_record_that_is_not_valid_is_refused(north: Provider, wrong: list[CustomerRecord]) -> None:
    with pytest.raises(Refused, match="Record"):
        save_records(provider=north, records=wrong)
    assert not Customer.objects.exists()
