"""What an invoice gives back is paid money only as far as somebody has paid it, and is used before all else."""

from datetime import date

import pytest

from makegood.credits.change_preview import find_refusal_to_change
from makegood.credits.models import Credit, GivenBack
from makegood.credits.services.void_invoice import void_invoice
from makegood.customers.selectors import get_customer
from makegood.invoices.models import ReceivableEntry
from makegood.kit.invariants import find_differences
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.orders.services.change_order import change_price
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Membership, Provider
from tests.credits.test_verify import tamper
from tests.days.living import live, work
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    add_taxed_service,
    give_credit,
    invoice_of,
    invoices_of,
    issue_invoices,
    on_day,
    order_of,
    receivable,
)
from tests.support.paying import pay, reverse
from tests.support.records import add_order, add_person, void

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY = date(2026, 2, 1)
FEBRUARY_3 = date(2026, 2, 3)


@pytest.fixture
def north() -> Provider:
    """C1 has an order at 31.00 a month, due after 14 days."""
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    return provider


def end(provider: Provider, day: date, to_date: date, number: str = "C1-1") -> None:
    with on_day(day):
        terminate_order(order=order_of(provider, number), to_date=to_date, staff_id=None)


def receive(provider: Provider, day: date, amount_minor: int) -> None:
    clerk = Membership.objects.filter(provider=provider, role="billing").first() or add_person(provider, "billing")
    with on_day(day):
        pay(clerk, get_customer(provider, "C1"), amount_minor)


def given_back(provider: Provider) -> dict[str, int]:
    """What the newest invoice has given, by kind, in minor units."""
    return dict(Credit.objects.filter(from_invoice=invoice_of(provider)).values_list("kind", "issued_minor"))


def left() -> dict[str, int]:
    """What remains of the customer's credits by kind, in minor units."""
    return {credit.kind: credit.remaining_minor for credit in Credit.objects.filter(remaining_minor__gt=0)}


def test_what_comes_back_pays_what_is_open_and_goodwill_waits_for_its_day(
    north: Provider, assert_verified: Verified
) -> None:
    issue_invoices(north, FIRST)
    give_credit(north, amount_minor=2000, day=date(2026, 1, 5))
    end(north, date(2026, 1, 5), date(2026, 1, 5))

    issue_invoices(north, date(2026, 1, 6))

    # Of 31.00 that nobody has paid, 26.00 come back.
    assert (given_back(north), receivable(north), left()) == ({"correction": 2600}, 500, {"goodwill": 2000})
    live(north, date(2026, 1, 6), date(2026, 1, 15))
    assert (receivable(north), left()) == (0, {"goodwill": 1500})
    assert_verified()


def test_what_was_paid_comes_back_as_paid_money(north: Provider, assert_verified: Verified) -> None:
    issue_invoices(north, FIRST)
    receive(north, date(2026, 1, 5), 3100)
    end(north, date(2026, 1, 5), date(2026, 1, 5))

    issue_invoices(north, date(2026, 1, 6))

    assert given_back(north) == left() == {"overpayment": 2600}
    assert [(part.invoice.number, part.amount_minor) for part in GivenBack.objects.all()] == [(1, 2600)]
    assert_verified()
    tamper("UPDATE given_back SET amount_minor = amount_minor - 1")
    assert [difference.invariant for difference in find_differences()] == ["given_back"]
    tamper("UPDATE given_back SET amount_minor = 3101")
    assert [difference.row["record"] for difference in find_differences()] == ["credit", "invoice"]


def test_what_was_paid_too_much_before_is_paid_money_as_well(north: Provider, assert_verified: Verified) -> None:
    receive(north, FIRST, 3100)
    live(north, FIRST, date(2026, 1, 15))
    assert invoice_of(north).used_minor == 3100
    end(north, date(2026, 1, 16), date(2026, 1, 16))

    issue_invoices(north, date(2026, 1, 17))

    assert given_back(north) == {"overpayment": 1500}
    assert_verified()


def test_what_goodwill_has_paid_does_not_become_money(north: Provider, assert_verified: Verified) -> None:
    give_credit(north, amount_minor=3100)
    live(north, FIRST, date(2026, 1, 15))
    end(north, date(2026, 1, 16), date(2026, 1, 16))

    issue_invoices(north, date(2026, 1, 17))

    assert given_back(north) == left() == {"correction": 1500}
    assert_verified()


def test_of_an_invoice_that_goodwill_and_a_payment_have_paid_no_more_than_the_payment_comes_back_as_money(
    north: Provider, assert_verified: Verified
) -> None:
    give_credit(north, amount_minor=2100)
    live(north, FIRST, date(2026, 1, 15))
    receive(north, date(2026, 1, 15), 1000)
    end(north, date(2026, 1, 16), date(2026, 1, 10))

    issue_invoices(north, date(2026, 1, 17))

    assert given_back(north) == {"correction": 1100, "overpayment": 1000}
    entries = ReceivableEntry.objects.filter(invoice=invoice_of(north)).order_by("number")
    assert list(entries.values_list("type", "amount_minor")) == [
        ("issued", -2100),
        ("to_funds", 1100),
        ("to_funds", 1000),
    ]
    assert_verified()


def test_each_month_comes_back_as_it_was_paid(north: Provider, assert_verified: Verified) -> None:
    live(north, FIRST, date(2026, 1, 2))
    receive(north, date(2026, 1, 2), 3100)
    give_credit(north, amount_minor=3100, day=date(2026, 1, 3))
    live(north, FEBRUARY, date(2026, 2, 15))
    assert [(invoice.paid_minor, invoice.used_minor) for invoice in invoices_of(north)] == [(3100, 0), (0, 3100)]
    end(north, date(2026, 2, 16), date(2026, 1, 10))

    issue_invoices(north, date(2026, 2, 17))

    # January was paid, and 21 of its days come back; February was goodwill, and all of it comes back.
    assert given_back(north) == {"correction": 3100, "overpayment": 2100}
    assert_verified()


def test_what_nobody_has_paid_yet_pays_itself_before_paid_money_does(
    north: Provider, assert_verified: Verified
) -> None:
    issue_invoices(north, FIRST)
    receive(north, date(2026, 1, 5), 3100)
    issue_invoices(north, FEBRUARY)
    end(north, FEBRUARY_3, date(2026, 1, 10))

    issue_invoices(north, FEBRUARY_3)

    assert given_back(north) == {"correction": 3100, "overpayment": 2100}
    assert (receivable(north), left()) == (0, {"overpayment": 2100})
    assert_verified()


def test_paid_money_comes_back_once(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100, orders=2)
    give_credit(provider, amount_minor=2200)
    live(provider, FIRST, date(2026, 1, 15))
    receive(provider, date(2026, 1, 15), 4000)
    with on_day(date(2026, 1, 16)):
        change_price(order=order_of(provider, "C1-2"), price_minor=100, effective_from=FEBRUARY, staff_id=None)
    end(provider, date(2026, 1, 16), FIRST, "C1-1")
    issue_invoices(provider, FEBRUARY)
    assert given_back(provider) == {"overpayment": 2900}
    end(provider, FEBRUARY_3, FIRST, "C1-2")

    issue_invoices(provider, FEBRUARY_3)

    # 1.00 of February and 30.00 of January come back; of the 40.00 that were paid 29.00 have come back before.
    assert given_back(provider) == {"correction": 2000, "overpayment": 1100}
    assert_verified()


def test_rounding_of_taxes_makes_no_correction_of_paid_money(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_taxed_service(provider, price_minor=4999, tax_rate="8.875")
    add_taxed_service(provider, "TV", price_minor=1499, tax_rate="7.125")
    add_billed_customer(provider, service="Fiber")
    with on_day(FIRST):
        add_order(get_customer(provider, "C1"), "C1-2", service="TV", from_date=FIRST)
    for day in (FIRST, FEBRUARY):
        issue_invoices(provider, day)
        receive(provider, day, invoice_of(provider).total_minor)
    end(provider, FEBRUARY_3, date(2026, 1, 17))
    end(provider, FEBRUARY_3, date(2026, 1, 4), "C1-2")

    issue_invoices(provider, FEBRUARY_3)

    assert given_back(provider) == {"overpayment": invoice_of(provider).to_funds_minor}
    assert_verified()


def test_a_payment_that_bounced_had_paid_nothing(north: Provider, assert_verified: Verified) -> None:
    issue_invoices(north, FIRST)
    with on_day(date(2026, 1, 5)):
        clerk = add_person(north, "billing")
        reverse(clerk, pay(clerk, get_customer(north, "C1"), 3100))
    end(north, date(2026, 1, 5), date(2026, 1, 5))

    issue_invoices(north, date(2026, 1, 6))

    assert given_back(north) == {"correction": 2600}
    assert receivable(north) == 500
    assert_verified()


def test_what_an_invoice_gave_back_is_not_changed_or_taken_back_by_hand(
    north: Provider, assert_verified: Verified
) -> None:
    give_credit(north, amount_minor=3100)
    live(north, FIRST, date(2026, 1, 15))
    end(north, date(2026, 1, 16), date(2026, 1, 16))
    issue_invoices(north, date(2026, 1, 17))
    manager = add_person(north, "manager", email="second@example.com")
    credit = Credit.objects.get(from_invoice__isnull=False)

    with on_day(date(2026, 1, 17)):
        assert find_refusal_to_change(manager, credit) is None
        with pytest.raises(Refused, match="given back by an invoice; it can be used, not taken back"):
            void(manager, credit)
    assert_verified()


def test_on_a_day_that_is_made_up_for_what_comes_back_concerns_that_day(
    north: Provider, assert_verified: Verified
) -> None:
    live(north, FIRST, date(2026, 1, 3))
    end(north, date(2026, 1, 3), date(2026, 1, 3))

    work(north, date(2026, 2, 20))

    concerns = (date(2026, 2, 20), date(2026, 1, 4))
    for event in ("invoice_issued", "funds_from_invoice", "funds_used"):
        entry = JournalEntry.objects.filter(event=event).latest("id")
        assert (entry.booked_on, entry.effective_on) == concerns, event
    credit = Credit.objects.get()
    assert set(credit.entries.values_list("booked_on", "effective_on")) == {concerns}
    final = ReceivableEntry.objects.filter(invoice=invoice_of(north))
    assert set(final.values_list("booked_on", "effective_on")) == {concerns}
    assert_verified()


def test_on_a_day_that_is_made_up_for_a_later_credit_pays_on_its_own_day(
    north: Provider, assert_verified: Verified
) -> None:
    live(north, FIRST, date(2026, 1, 3))
    give_credit(north, amount_minor=1000, day=date(2026, 1, 4))
    give_credit(north, amount_minor=500, day=date(2026, 2, 20))

    days = {day.day: day for day in work(north, date(2026, 2, 20))}

    used = JournalEntry.objects.filter(event="funds_used").order_by("id")
    assert list(used.values_list("booked_on", "effective_on")) == [
        (date(2026, 2, 20), date(2026, 1, 15)),
        (date(2026, 2, 20), None),
    ]
    assert days[date(2026, 1, 15)].did["funds_used"]["customers"] == 1
    assert_verified()


def test_an_invoice_of_which_days_came_back_is_not_voided(north: Provider, assert_verified: Verified) -> None:
    live(north, FIRST, date(2026, 1, 2))
    end(north, date(2026, 1, 3), date(2026, 1, 3))
    issue_invoices(north, date(2026, 1, 4))
    manager = add_person(north, "manager")

    with (
        on_day(date(2026, 1, 4)),
        pytest.raises(Refused, match="Invoice 2 has corrected or given back days of invoice 1"),
    ):
        void_invoice(membership=manager, invoice=invoices_of(north)[0], reason="Wrong")
    assert_verified()
