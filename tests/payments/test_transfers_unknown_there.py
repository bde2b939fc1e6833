"""Parts of refunds that the processor answers about, and does not know: that it is there is seen by its answers."""

from uuid import uuid4

from makegood.gateways.selectors import get_active_gateway
from makegood.kit.clock import now
from makegood.payments.models import RefundTransfer
from makegood.payments.services.transfers import MOST_MISSES, ask_transfers
from makegood.providers.models import Membership
from tests.support import movements, records, refunding, sandbox
from tests.support.answers import Verified
from tests.support.returns import charge


def test_however_many_it_does_not_know_all_are_asked_about(clerk: Membership, assert_verified: Verified) -> None:
    sandbox.connect(clerk.provider)
    for number in range(MOST_MISSES + 2):
        customer = records.add_customer(clerk.provider, f"C{number}")
        sandbox.add_method(customer, "card_refund_pending")
        invoice = movements.owe(customer, 6000)
        charge(clerk, customer)
        refunding.refund(clerk, invoice, 1000)
    parts = list(RefundTransfer.objects.filter(state="submitted"))
    assert len(parts) == MOST_MISSES + 2
    for part in parts:
        there = {"reference": f"re_elsewhere_{part.pk}", "attempt_key": uuid4()}
        RefundTransfer.objects.filter(pk=part.pk).update(next_check_at=now(), **there)
    assert ask_transfers(gateway=get_active_gateway(clerk.provider)) == MOST_MISSES + 2
    assert_verified()
