"""What a charge can be, who may add it, and what a template brings."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from makegood.invoices.charge_rules import parse_tax_rate, shown_rate
from makegood.invoices.models import Charge
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.transaction_templates.selectors import get_charge_template, get_credit_template
from makegood.transaction_templates.services import add_template
from tests.support import charges, records

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk of North, which has one customer."""
    provider = records.add_provider()
    records.add_customer(provider)
    return records.add_person(provider)


def add_visit(provider: Provider, **values: Any) -> None:
    """A charge template with every value."""
    given: dict[str, Any] = {
        "name": "Visit",
        "direction": "charge",
        "amount_minor": 4500,
        "description": "Technician visit",
    } | values
    add_template(provider=provider, gl_code=get_gl_code(provider, "4100"), staff_id=None, **given)


def test_a_template_fills_what_is_not_given(clerk: Membership) -> None:
    add_visit(clerk.provider)
    charges.charge(clerk, template="Visit", amount_minor=None, description=None)
    charges.charge(clerk, template="Visit", amount_minor=100, description="Short visit")
    found = Charge.objects.order_by("id").values_list("amount_minor", "description", "template__name")
    assert list(found) == [(4500, "Technician visit", "Visit"), (100, "Short visit", "Visit")]


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"amount_minor": None}, "amount_missing", "amount"),
        ({"description": None}, "description_missing", "description"),
        ({"description": "  \n "}, "description_missing", "description"),
        ({"description": "x" * 501}, "description_too_long", "description"),
        ({"description": "a\x00b"}, "description_malformed", "description"),
        ({"gl_code": "4900"}, "gl_code_type", "gl_code"),
        ({"gl_code": "2100"}, "gl_code_type", "gl_code"),
        ({"tax_rate": "100.001"}, "tax_rate_malformed", "tax_rate"),
        ({"tax_rate": "-1"}, "tax_rate_malformed", "tax_rate"),
        ({"per": "order"}, "per_order_needs_orders", "per"),
    ],
)
def test_what_a_charge_cannot_be_is_refused_by_the_field(
    clerk: Membership, asked: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        charges.draft_charge(clerk, **asked)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Run.objects.exists()


def test_a_gl_code_that_is_not_active_is_refused(clerk: Membership) -> None:
    set_gl_code_active(gl_code=get_gl_code(clerk.provider, "4010"), active=False, staff_id=None)
    with pytest.raises(Refused, match="not active any more"):
        charges.draft_charge(clerk, gl_code="4010")


def test_a_credit_template_is_not_for_charges_and_the_other_way_round(clerk: Membership) -> None:
    add_visit(clerk.provider)
    add_template(provider=clerk.provider, name="Storm", direction="credit", staff_id=None)
    with pytest.raises(Refused, match="“Storm” is for credits, not for charges"):
        get_charge_template(clerk.provider, "Storm")
    with pytest.raises(Refused, match="“Visit” is for charges, not for credits"):
        get_credit_template(clerk.provider, "Visit")


def test_a_charge_template_needs_a_gl_code_of_fees_or_services(clerk: Membership) -> None:
    for code in ("4100", "4000"):
        add_visit(clerk.provider, name=f"Visit {code}")
    with pytest.raises(Refused, match="a charge needs one of type fee or service"):
        add_template(
            provider=clerk.provider, name="Wrong", direction="charge", gl_code=get_gl_code(clerk.provider, "4900"),
            staff_id=None,
        )  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "agent", "admin"])
def test_who_may_not_bill_may_not_charge(clerk: Membership, role: str) -> None:
    other = records.add_person(clerk.provider, role)
    with pytest.raises(Refused, match="billing or manager can") as refused:
        charges.draft_charge(other)
    assert refused.value.code == "not_allowed"


def test_while_billing_is_off_nobody_is_charged(clerk: Membership) -> None:
    draft = charges.draft_charge(clerk)
    set_end_customer_billing(provider=clerk.provider, on=False, staff_id=None)
    clerk.provider.refresh_from_db()
    for attempt in (partial(charges.draft_charge, clerk), partial(records.start, draft, clerk)):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "billing_off"


def test_the_same_key_gives_the_first_run_and_another_request_is_refused(clerk: Membership) -> None:
    first = charges.draft_charge(clerk, key="visits")
    assert charges.draft_charge(clerk, key="visits") == first
    for other in ({"amount_minor": 1}, {"description": "Other"}, {"tax_rate": "5"}, {"gl_code": "4000"}):
        with pytest.raises(Refused) as refused:
            charges.draft_charge(clerk, key="visits", **other)
        assert refused.value.code == "key_used"
    assert Run.objects.get().state == State.DRAFT


@pytest.mark.parametrize(("text", "rate"), [("8.25", "8.25"), (" 20 % ", "20"), ("0", "0"), ("7.125", "7.125")])
def test_tax_rates_are_read_as_people_write_them(text: str, rate: str) -> None:
    assert parse_tax_rate(text) == Decimal(rate)
    assert shown_rate(parse_tax_rate(text)) == rate


@pytest.mark.parametrize("text", ["", "ten", "8,25", "NaN", "Infinity", "1e9", "8.1255", "101"])
def test_what_is_no_tax_rate_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="from 0 to 100"):
        parse_tax_rate(text)
