"""What a credit will be: what was typed counts, then the template, then the settings."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from makegood.credits.models import Credit, CreditRun
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.selectors import get_credit_template, list_templates
from makegood.transaction_templates.services import add_template, set_template_active
from tests.support import records
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db


def add_outage(provider: Provider, **fields: Any) -> TransactionTemplate:
    given: dict[str, Any] = {
        "name": "Outage",
        "direction": "credit",
        "kind": "outage",
        "amount_minor": 500,
        "description": "Sorry for the outage",
        "gl_code": get_gl_code(provider, "4910"),
        "notify": True,
    } | fields
    return add_template(provider=provider, staff_id=None, **given)


def refusal(membership: Membership, **asked: Any) -> str:
    """The code with which a credit is refused; no run is left behind."""
    with pytest.raises(Refused) as refused:
        records.draft_credit(membership, **asked)
    assert not Run.objects.exists()
    return refused.value.code


def test_the_template_fills_every_field(assert_verified: Verified) -> None:
    north = records.add_provider()
    records.add_customer(north)
    add_outage(north)
    records.credit(records.add_person(north), template="Outage", amount_minor=None)
    credit = Credit.objects.get()
    assert (credit.issued_minor, credit.description, credit.kind) == (500, "Sorry for the outage", "outage")
    assert credit.gl_code.code == "4910"
    values = CreditRun.objects.get()
    assert (values.template and values.template.name, values.notify) == ("Outage", True)
    assert_verified()


def test_what_was_typed_wins_over_the_template(assert_verified: Verified) -> None:
    north = records.add_provider()
    records.add_customer(north)
    add_outage(north)
    records.credit(records.add_person(north), template="Outage", amount_minor=750, description="", gl_code="4920")
    credit = Credit.objects.get()
    assert (credit.issued_minor, credit.description, credit.gl_code.code) == (750, "", "4920")
    assert credit.kind == "outage", "the kind is the template's"
    assert_verified()


def test_a_template_may_leave_fields_open(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    add_outage(north, amount_minor=None, gl_code=None, description="")
    assert refusal(clerk, template="Outage", amount_minor=None) == "amount_missing"
    records.credit(clerk, template="Outage", amount_minor=100)
    assert Credit.objects.get().gl_code.code == "4900"
    assert_verified()


def test_without_template_a_credit_is_goodwill_on_the_default_code(assert_verified: Verified) -> None:
    north = records.add_provider()
    records.add_customer(north)
    records.credit(records.add_person(north))
    credit = Credit.objects.get()
    assert (credit.kind, credit.gl_code.code, credit.description) == ("goodwill", "4900", "")
    assert_verified()


def test_a_template_that_cannot_be_used_is_refused() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    clerk = records.add_person(north)
    records.add_customer(north)
    add_outage(north, name="Old")
    set_template_active(template=get_credit_template(north, "Old"), active=False, staff_id=None)
    add_outage(north, name="Late fee", direction="charge", gl_code=get_gl_code(north, "4100"))
    add_outage(south, name="Theirs")
    assert refusal(clerk, template="Old") == "template_inactive"
    assert refusal(clerk, template="Late fee") == "template_direction"
    assert refusal(clerk, template="Theirs") == "template_unknown"
    assert refusal(clerk, template="Nothing") == "template_unknown"


def test_a_template_whose_gl_code_became_inactive_is_refused_unless_another_is_typed(
    assert_verified: Verified,
) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    add_outage(north)
    set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None)
    assert refusal(clerk, template="Outage") == "gl_code_inactive"
    assert records.credit(clerk, template="Outage", gl_code="4900").rows_done == 1
    assert_verified()


def test_a_gl_code_that_cannot_be_used_is_refused() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    clerk = records.add_person(north)
    records.add_customer(north)
    set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None)
    south_only = get_gl_code(south, "4920")
    south_only.code = "5555"
    south_only.save()
    assert refusal(clerk, gl_code="4910") == "gl_code_inactive"
    assert refusal(clerk, gl_code="4000") == "gl_code_type"
    assert refusal(clerk, gl_code="2100") == "gl_code_type"
    assert refusal(clerk, gl_code="5555") == "gl_code_unknown"
    assert refusal(clerk, gl_code="9999") == "gl_code_unknown"


def test_a_description_fits_or_is_refused(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    assert refusal(clerk, description="x" * 501) == "description_too_long"
    assert refusal(clerk, description="a\x00b") == "description_malformed"
    records.credit(clerk, description="ü" * 500)
    assert Credit.objects.get().description == "ü" * 500
    assert_verified()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "name_malformed"),
        ({"name": "x" * 101}, "name_malformed"),
        ({"name": "Taken"}, "name_taken"),
        ({"direction": "refund"}, "direction_unknown"),
        ({"kind": "prepaid"}, "kind_unknown"),
        ({"description": "x" * 501}, "description_too_long"),
    ],
)
def test_a_template_that_cannot_be_is_refused(fields: dict[str, Any], code: str) -> None:
    north = records.add_provider()
    add_outage(north, name="Taken")
    with pytest.raises(Refused) as refused:
        add_outage(north, **fields)
    assert refused.value.code == code
    assert [template.name for template in list_templates(north)] == ["Taken"]


def test_a_template_for_credits_needs_a_gl_code_for_credits_of_its_provider() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    with pytest.raises(Refused, match="is of type fee"):
        add_outage(north, gl_code=get_gl_code(north, "4100"))
    with pytest.raises(DatabaseError, match="same_provider"), transaction.atomic():
        add_outage(north, gl_code=get_gl_code(south, "4910"))
