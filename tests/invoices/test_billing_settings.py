"""How a provider bills, and on which day its customers."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.invoices.selectors import get_billing_account, get_billing_settings, get_next_number
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.invoices.services.settings import change_billing_settings, in_order
from makegood.kit.fingerprint import fingerprint_of
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership
from makegood.providers.services import set_end_customer_billing
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    invoice_of,
    invoices_of,
    issue_invoices,
    lines_of,
    on_day,
)
from tests.support.records import add_person, add_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Membership:
    """An administrator of a provider that nobody has said anything about billing of."""
    return add_person(add_provider(), "admin")


def test_without_a_word_the_defaults_hold_and_nothing_is_invoiced(admin: Membership) -> None:
    settings = get_billing_settings(admin.provider)

    assert (settings.invoices_from, settings.due_days, settings.reminder_days) == (None, 14, [3, 10])


def test_settings_are_changed_and_the_others_stay(admin: Membership) -> None:
    seen = fingerprint_of(get_billing_settings(admin.provider), in_order(["due_days", "charge_tax_rate"]))

    change_billing_settings(
        membership=admin, seen=seen, due_days=30, charge_tax_rate=Decimal("8.875"), next_number=5001
    )
    change_billing_settings(membership=admin, late_fee="fixed", late_fee_minor=500)

    settings = get_billing_settings(admin.provider)
    assert (settings.due_days, settings.late_fee_minor, settings.autopay_days) == (30, 500, 5)
    assert get_next_number(admin.provider) == 5001
    entry = AuditEntry.objects.filter(action="billing_settings.changed").order_by("id")[0]
    assert entry.detail["before"]["due_days"] == 14
    assert entry.detail["after"]["due_days"] == 30
    assert entry.detail["next_number"] == 5001


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_days": 366}, "due_days"),
        ({"autopay_days": 15}, "autopay_days"),
        ({"due_days": 3}, "autopay_days"),
        ({"late_fee": "fixed"}, "late_fee_minor"),
        ({"late_fee": "percent"}, "late_fee_percent"),
        ({"late_fee_percent": Decimal("1.234")}, "late_fee_percent"),
        ({"late_fee": "now and then"}, "late_fee"),
        ({"reminder_days": [10, 3]}, "reminder_days"),
        ({"reminder_days": list(range(11))}, "reminder_days"),
        ({"suspend_after_days": 0}, "suspend_after_days"),
        ({"charge_tax_rate": Decimal("100.1")}, "charge_tax_rate"),
        ({"charge_tax_rate": Decimal("1.2345")}, "charge_tax_rate"),
        ({"invoices_from": date(1999, 1, 1)}, "invoices_from"),
        ({"next_number": 0}, "next_number"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(admin: Membership, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        change_billing_settings(membership=admin, **changes)

    assert refused.value.field == field


def test_a_gl_code_has_to_be_of_the_type(admin: Membership) -> None:
    with pytest.raises(Refused) as refused:
        change_billing_settings(membership=admin, tax_gl_code=get_gl_code(admin.provider, "4000"))

    assert (refused.value.code, refused.value.field) == ("gl_code_type", "tax_gl_code")
    change_billing_settings(membership=admin, tax_gl_code=get_gl_code(admin.provider, "2200"))


def test_a_change_of_somebody_else_is_not_overwritten(admin: Membership) -> None:
    seen = fingerprint_of(get_billing_settings(admin.provider), ["due_days"])
    change_billing_settings(membership=admin, due_days=20)

    with pytest.raises(Refused) as refused:
        change_billing_settings(membership=admin, seen=seen, due_days=30)

    assert refused.value.code == "changed_meanwhile"


def test_only_who_may_change_settings_does() -> None:
    manager = add_person(add_provider(), "manager")

    with pytest.raises(Refused):
        change_billing_settings(membership=manager, due_days=20)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prices_include_tax": True}, "prices_fixed"),
        ({"invoices_from": date(2026, 2, 1)}, "first_day_fixed"),
        ({"next_number": 7}, "numbers_fixed"),
    ],
)
def test_the_first_invoice_fixes_some_of_it(changes: dict[str, Any], code: str, assert_verified: Verified) -> None:
    provider = add_billing_provider()
    admin = add_person(provider, "admin")
    change_billing_settings(membership=admin, next_number=5001)
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    assert invoice_of(provider).number == 5001

    with pytest.raises(Refused) as refused:
        change_billing_settings(membership=admin, **changes)

    assert refused.value.code == code
    change_billing_settings(membership=admin, due_days=20, invoices_from=FIRST, prices_include_tax=False)
    assert_verified()


def test_a_customer_who_changes_to_anniversaries_pays_the_days_until_then(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    customer = add_billed_customer(provider, price_minor=2800, from_date=date(2026, 1, 15))
    issue_invoices(provider, date(2026, 1, 15))
    clerk = add_person(provider)

    with on_day(date(2026, 1, 20)):
        account = set_billing_cycle(membership=clerk, customer=customer, cycle="anniversary")
    for _ in range(2):
        issue_invoices(provider, date(2026, 2, 20))

    assert account.billing_day == 15
    second, third = invoices_of(provider)[1:]
    # 14 of the 31 days from January 15 to February 14.
    assert lines_of(second) == [("service", 1265, date(2026, 2, 1), date(2026, 2, 14))]
    assert lines_of(third) == [("service", 2800, date(2026, 2, 15), date(2026, 3, 14))]
    with on_day(date(2026, 2, 20)):
        assert set_billing_cycle(membership=clerk, customer=customer, cycle="monthly").billing_day == 1
    issue_invoices(provider, date(2026, 3, 15))
    assert lines_of(invoice_of(provider)) == [("service", 1535, date(2026, 3, 15), date(2026, 3, 31))]
    assert_verified()


def test_while_billing_is_off_the_cycle_stays(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    customer = add_billed_customer(provider)
    clerk = add_person(provider)
    set_end_customer_billing(provider=provider, on=False, staff_id=None)

    with pytest.raises(Refused) as refused:
        set_billing_cycle(membership=clerk, customer=customer, cycle="anniversary")

    assert (refused.value.code, get_billing_account(customer).cycle) == ("billing_off", "monthly")
    assert_verified()
