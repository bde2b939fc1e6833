"""GL codes that billing needs, when two people change what it can choose from at the same moment."""

from functools import partial

from makegood.invoices.selectors import get_billing_settings
from makegood.invoices.services.settings import change_billing_settings
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.services import add_gl_code, set_gl_code_active
from makegood.providers.models import Membership, Provider
from tests.support import records
from tests.support.together import at_once

TIMES = 5


def add_fees(provider: Provider, code: str) -> GLCode:
    return add_gl_code(provider=provider, code=code, description="", type="fee", staff_id=None)


def test_of_the_last_two_of_a_type_one_stays_active(manager: Membership) -> None:
    provider = manager.provider
    codes = [GLCode.objects.get(provider=provider, code="4100"), add_fees(provider, "4110")]
    for _ in range(TIMES):
        GLCode.objects.filter(provider=provider, type="fee").update(active=True)
        answers = at_once(*[partial(set_gl_code_active, gl_code=code, active=False, staff_id=None) for code in codes])
        assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["gl_code_needed"]
        assert GLCode.objects.filter(provider=provider, type="fee", active=True).count() == 1


def test_settings_never_name_one_that_is_deactivated_meanwhile(manager: Membership) -> None:
    provider = manager.provider
    admin = records.add_person(provider, "admin")
    for number in range(TIMES):
        chosen = add_fees(provider, f"42{number:02}")
        answers = at_once(
            partial(change_billing_settings, membership=admin, late_fee_gl_code=chosen),
            partial(set_gl_code_active, gl_code=chosen, active=False, staff_id=None),
        )
        assert [isinstance(answer, Refused) for answer in answers].count(True) == 1
        named = get_billing_settings(provider).late_fee_gl_code
        assert named is None or named.active
