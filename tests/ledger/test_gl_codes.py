"""GL codes: a usable set for each provider, of which three are control codes."""

import pytest
from django.db import DatabaseError, transaction

from makegood.audit.models import AuditEntry
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import (
    get_credit_gl_code,
    get_default_credit_gl_code,
    get_funds_gl_code_id,
    get_gl_code,
    list_gl_codes,
)
from makegood.ledger.services import add_gl_code, set_default_credit_gl_code, set_gl_code_active
from tests.support import records

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def test_a_new_provider_has_one_of_each_control_code_and_a_default_for_credits() -> None:
    north = records.add_provider()
    types = [code.type for code in list_gl_codes(north)]
    assert [types.count(control) for control in ("receivable", "available_funds", "clearing")] == [1, 1, 1]
    assert set(types) == set(GLCode.Type.values)
    assert get_default_credit_gl_code(north).code == "4900"
    assert get_funds_gl_code_id(north.pk) == get_gl_code(north, "2100").pk


def test_a_code_is_added_once() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    for provider in (north, south):
        code = add_gl_code(provider=provider, code=" 4999 ", description="Storms", type="credit", staff_id=None)
        assert (code.code, code.active, code.default_for_credits) == ("4999", True, False)
    with pytest.raises(Refused, match="There is a GL code 4999 already"):
        add_gl_code(provider=north, code="4999", description="", type="credit", staff_id=None)


@pytest.mark.parametrize(
    ("code", "type_", "refused_as"),
    [
        ("", "credit", "gl_code_malformed"),
        ("9" * 21, "credit", "gl_code_malformed"),
        ("4999", "income", "gl_code_type"),
        ("4999", "receivable", "gl_code_type"),
        ("4999", "available_funds", "gl_code_type"),
    ],
)
def test_a_code_that_cannot_be_is_refused(code: str, type_: str, refused_as: str) -> None:
    north = records.add_provider()
    with pytest.raises(Refused) as refused:
        add_gl_code(provider=north, code=code, description="", type=type_, staff_id=None)
    assert refused.value.code == refused_as


def test_a_description_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refused, match="at most 200 characters"):
        add_gl_code(provider=records.add_provider(), code="4999", description="x" * 201, type="credit", staff_id=None)


def test_control_codes_and_the_default_of_credits_stay_active() -> None:
    north = records.add_provider()
    for code, reason in (("1200", "control"), ("2100", "control"), ("1050", "control"), ("4900", "default")):
        with pytest.raises(Refused, match=reason):
            set_gl_code_active(gl_code=get_gl_code(north, code), active=False, staff_id=None)
        with pytest.raises(DatabaseError), transaction.atomic():
            GLCode.objects.filter(provider=north, code=code).update(active=False)


def test_another_code_becomes_the_default_of_credits() -> None:
    north = records.add_provider()
    with pytest.raises(Refused, match="a credit needs one of type credit"):
        set_default_credit_gl_code(gl_code=get_gl_code(north, "4000"), staff_id=None)
    set_default_credit_gl_code(gl_code=get_gl_code(north, "4910"), staff_id=None)
    assert get_default_credit_gl_code(north).code == "4910"
    set_gl_code_active(gl_code=get_gl_code(north, "4900"), active=False, staff_id=None)


def test_a_code_is_deactivated_and_activated_again_with_a_trace() -> None:
    north = records.add_provider()
    code = get_gl_code(north, "4910")
    set_gl_code_active(gl_code=code, active=False, staff_id=None)
    with pytest.raises(Refused, match="GL code 4910 is not active any more"):
        get_credit_gl_code(north, "4910")
    set_gl_code_active(gl_code=code, active=True, staff_id=None)
    assert get_credit_gl_code(north, "4910") == code
    actions = AuditEntry.objects.filter(subject_type="gl_code").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["gl_code.deactivated", "gl_code.activated"]


def test_a_credit_needs_a_code_of_type_credit_of_the_same_provider() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    add_gl_code(provider=south, code="4999", description="", type="credit", staff_id=None)
    with pytest.raises(Refused, match="GL code 4000 is of type service; a credit needs one of type credit"):
        get_credit_gl_code(north, "4000")
    with pytest.raises(Refused, match="North has no GL code “4999”"):
        get_credit_gl_code(north, "4999")


def test_without_a_default_a_code_has_to_be_chosen() -> None:
    north = records.add_provider()
    GLCode.objects.filter(provider=north, code="4900").update(default_for_credits=False)
    with pytest.raises(Refused, match="choose one"):
        get_default_credit_gl_code(north)


def test_the_database_holds_one_default_and_one_control_code_of_each_kind() -> None:
    north = records.add_provider()
    with pytest.raises(DatabaseError, match="gl_code_one_default"), transaction.atomic():
        GLCode.objects.filter(provider=north, code="4910").update(default_for_credits=True)
    with pytest.raises(DatabaseError, match="gl_code_default_is_usable"), transaction.atomic():
        GLCode.objects.filter(provider=north, code="4900").update(type="fee")
    with pytest.raises(DatabaseError, match="gl_code_one_control_code"), transaction.atomic():
        GLCode.objects.create(provider=north, code="2101", type="available_funds")
