"""Discounts and surcharges on orders."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.invoices.adjustment_selectors import list_adjustments_of, list_standing_adjustments
from makegood.invoices.models import OrderAdjustment
from makegood.invoices.services.adjustments import SHOWN_OF_ADJUSTMENT, end_adjustment
from makegood.kit.fingerprint import fingerprint_of
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Membership
from makegood.providers.services import set_end_customer_billing
from makegood.transaction_templates.services import add_template
from tests.support import charges, records
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk of North, whose customer C1 has the order C1-1."""
    provider = records.add_provider()
    records.add_customer(provider)
    return records.add_person(provider)


@pytest.fixture
def order(clerk: Membership) -> Order:
    """The order C1-1, from January 1, 2026 on."""
    return Order.objects.select_related("provider", "customer").get(number="C1-1")


def test_a_discount_says_what_it_is(clerk: Membership, order: Order, assert_verified: Verified) -> None:
    added = charges.adjust(clerk, order, amount_minor=300, from_on=MARCH, until_on=date(2026, 8, 31))
    assert (added.direction, added.amount_minor, added.gl_code.code) == ("credit", 300, "4900")
    assert (added.customer_id, added.created_by) == (order.customer_id, clerk.staff)
    entry = AuditEntry.objects.get(action="order.adjustment_added")
    assert (entry.subject_id, entry.detail["number"], entry.detail["until_on"]) == (order.pk, "C1-1", "2026-08-31")
    assert_verified()


def test_a_surcharge_is_on_a_gl_code_of_fees(clerk: Membership, order: Order, assert_verified: Verified) -> None:
    assert charges.adjust(clerk, order, direction="charge").gl_code.code == "4100"
    assert charges.adjust(clerk, order, direction="charge", gl_code="4000").gl_code.code == "4000"
    assert_verified()


def test_a_template_fills_what_is_not_given(clerk: Membership, order: Order) -> None:
    add_template(
        provider=clerk.provider, name="Static IP", direction="charge", amount_minor=250, description="Static address",
        staff_id=None,
    )  # fmt: skip
    added = charges.adjust(clerk, order, direction=None, template="Static IP", amount_minor=None, description=None)
    assert (added.direction, added.amount_minor, added.description) == ("charge", 250, "Static address")
    with pytest.raises(Refused) as refused:
        charges.adjust(clerk, order, direction="credit", template="Static IP")
    assert (refused.value.code, refused.value.field) == ("template_direction", "template")


def test_the_same_form_sent_twice_adds_one(clerk: Membership, order: Order) -> None:
    assert charges.adjust(clerk, order) == charges.adjust(clerk, order)
    charges.adjust(clerk, order, description="Second")
    assert OrderAdjustment.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"direction": None}, "direction_unknown"),
        ({"direction": "gift"}, "direction_unknown"),
        ({"amount_minor": None}, "amount_missing"),
        ({"amount_minor": 0}, "amount_zero"),
        ({"amount_minor": -1}, "amount_zero"),
        ({"description": " "}, "description_missing"),
        ({"gl_code": "4100"}, "gl_code_type"),
        ({"direction": "charge", "gl_code": "4900"}, "gl_code_type"),
        ({"from_on": date(1026, 1, 1)}, "date_malformed"),
        ({"until_on": date(2025, 12, 31)}, "ends_before_beginning"),
        ({"from_on": date(2025, 11, 1), "until_on": date(2025, 11, 30)}, "before_order"),
    ],
)
def test_what_cannot_be_is_refused(clerk: Membership, order: Order, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        charges.adjust(clerk, order, **asked)
    assert refused.value.code == code
    assert not OrderAdjustment.objects.exists()


def test_on_a_terminated_order_it_is_refused(clerk: Membership, order: Order) -> None:
    terminate_order(order=order, to_date=MARCH, staff_id=None)
    with pytest.raises(Refused) as refused:
        charges.adjust(clerk, order)
    assert refused.value.code == "order_terminated"


def test_after_a_planned_end_it_cannot_begin(clerk: Membership, order: Order) -> None:
    terminate_order(order=order, to_date=date(2098, 1, 31), staff_id=None)
    with pytest.raises(Refused) as refused:
        charges.adjust(clerk, order, from_on=date(2098, 2, 1))
    assert (refused.value.code, refused.value.field) == ("after_order", "from_on")


class TestEnd:
    def test_it_gets_a_last_day(self, clerk: Membership, order: Order, assert_verified: Verified) -> None:
        added = charges.adjust(clerk, order)
        ended = end_adjustment(membership=clerk, adjustment=added, until_on=MARCH)
        assert ended.until_on == MARCH
        assert AuditEntry.objects.filter(action="order.adjustment_ended").count() == 1
        end_adjustment(membership=clerk, adjustment=added, until_on=MARCH)
        assert AuditEntry.objects.filter(action="order.adjustment_ended").count() == 1
        assert_verified()

    def test_before_its_first_day_is_refused(self, clerk: Membership, order: Order) -> None:
        added = charges.adjust(clerk, order, from_on=MARCH)
        with pytest.raises(Refused) as refused:
            end_adjustment(membership=clerk, adjustment=added, until_on=date(2026, 2, 28))
        assert (refused.value.code, refused.value.field) == ("ends_before_beginning", "until_on")

    def test_one_that_somebody_changed_meanwhile_is_refused(self, clerk: Membership, order: Order) -> None:
        added = charges.adjust(clerk, order)
        seen = fingerprint_of(added, SHOWN_OF_ADJUSTMENT)
        end_adjustment(membership=clerk, adjustment=added, until_on=date(2026, 6, 30), seen=seen)
        with pytest.raises(Refused) as refused:
            end_adjustment(membership=clerk, adjustment=added, until_on=MARCH, seen=seen)
        assert refused.value.code == "changed_meanwhile"

    def test_what_has_ended_stands_no_more(self, clerk: Membership, order: Order) -> None:
        added, other = charges.adjust(clerk, order), charges.adjust(clerk, order, description="Other")
        end_adjustment(membership=clerk, adjustment=added, until_on=records.FIRST_DAY)
        assert list(list_standing_adjustments(clerk.provider)) == [other]
        assert set(list_adjustments_of(order)) == {added, other}


@pytest.mark.parametrize("role", ["viewer", "agent", "admin"])
def test_who_may_not_bill_may_neither_add_nor_end(clerk: Membership, order: Order, role: str) -> None:
    added, other = charges.adjust(clerk, order), records.add_person(clerk.provider, role)
    for attempt in (
        partial(charges.adjust, other, order, description="Mine"),
        partial(end_adjustment, membership=other, adjustment=added, until_on=MARCH),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "not_allowed"


def test_while_billing_is_off_it_is_refused(clerk: Membership, order: Order) -> None:
    set_end_customer_billing(provider=clerk.provider, on=False, staff_id=None)
    with pytest.raises(Refused) as refused:
        charges.adjust(clerk, order)
    assert refused.value.code == "billing_off"


def test_another_providers_order_does_not_exist(clerk: Membership, order: Order) -> None:
    stranger = records.add_person(records.add_provider("south"), "manager")
    with pytest.raises(Refused) as refused:
        charges.adjust(stranger, order)
    assert refused.value.code == "order_unknown"
