"""What the daily work books on cannot be taken from it: GL codes of the billing settings, and the last of a type."""

import pytest

from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import add_gl_code, change_gl_code, set_gl_code_active
from makegood.providers.models import Provider
from tests.support.billing import add_billing_provider, set_up_billing

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def north(db: None) -> Provider:
    return add_billing_provider()


def deactivate(provider: Provider, code: str) -> None:
    set_gl_code_active(gl_code=get_gl_code(provider, code), active=False, staff_id=None)


def make_another(provider: Provider, type_: str, code: str = "9000") -> GLCode:
    return add_gl_code(provider=provider, code=code, description="", type=type_, staff_id=None)


@pytest.mark.parametrize(("code", "type_"), [("4100", "fee"), ("2200", "tax")])
def test_the_last_active_one_of_a_type_stays_active(north: Provider, code: str, type_: str) -> None:
    with pytest.raises(Refused, match=f"{code} is the last active one of type {type_}, .* Add or activate another"):
        deactivate(north, code)
    another = make_another(north, type_)
    deactivate(north, code)
    with pytest.raises(Refused, match=f"9000 is the last active one of type {type_}"):
        deactivate(north, another.code)


def test_one_that_another_provider_has_does_not_help(north: Provider) -> None:
    make_another(add_billing_provider("south"), "fee")
    with pytest.raises(Refused, match="is the last active one of type fee"):
        deactivate(north, "4100")


@pytest.mark.parametrize(
    ("setting", "type_", "what"),
    [
        ("tax_gl_code", "tax", "taxes"),
        ("late_fee_gl_code", "fee", "late fees"),
        ("late_fee_gl_code", "service", "late fees"),
        ("charge_gl_code", "fee", "charges"),
        ("write_off_gl_code", "write_off", "write-offs"),
    ],
)
def test_those_of_the_billing_settings_stay_active(north: Provider, setting: str, type_: str, what: str) -> None:
    chosen = make_another(north, type_)
    set_up_billing(north, **{setting: chosen})
    with pytest.raises(Refused, match=f"9000 is the one of {what} in the billing settings. Choose another there first"):
        deactivate(north, "9000")
    set_up_billing(north, **{setting: None})
    deactivate(north, "9000")


def test_none_of_them_becomes_one_of_another_type(north: Provider) -> None:
    def retype(code: str) -> None:
        gl_code = get_gl_code(north, code)
        change_gl_code(gl_code=gl_code, code=code, description="", type="service", staff_id=None)

    with pytest.raises(Refused, match="is the last active one of type fee"):
        retype("4100")
    set_up_billing(north, late_fee_gl_code=make_another(north, "fee"))
    with pytest.raises(Refused, match="is the one of late fees in the billing settings"):
        retype("9000")
    retype("4100")


def test_others_are_deactivated_as_before(north: Provider) -> None:
    for code in ("4010", "4910", "6100", "1000"):
        deactivate(north, code)
    assert set(GLCode.objects.filter(provider=north, active=False).values_list("code", flat=True)) == {
        "4010", "4910", "6100", "1000",
    }  # fmt: skip


def test_one_that_is_inactive_can_become_anything(north: Provider) -> None:
    GLCode.objects.filter(provider=north, code="4100").update(active=False)
    change_gl_code(gl_code=get_gl_code(north, "4100"), code="4100", description="", type="service", staff_id=None)
    assert get_gl_code(north, "4100").type == "service"
