"""The day's step in which autopay charges what funds have left."""

from makegood.days.services.work import Work
from makegood.gateways.rules import GatewayKind
from makegood.gateways.selectors import find_active_gateway
from makegood.gateways.services.events import handle_events
from makegood.payments.collecting import count_without_method
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.payments.wake import wake_collecting


def charge_autopay(work: Work) -> None:
    """Makes the day's payments and has them submitted. Opens transactions.

    The sandbox answers in process and is asked right here, in the day's own time, also for what it has to tell by
    itself; a real gateway's job is woken, and the day goes on. Without a gateway nothing is collected here.
    """
    gateway = find_active_gateway(work.provider)
    if gateway is None:
        return
    if "no_method" not in work.day.did:
        left = count_without_method(work.provider, work.on)
        work.note("no_method", left.customers, left.amount_minor)
    work.through("charged", lambda after: make_charges(provider=work.provider, day=work.on, after=after))
    if gateway.kind == GatewayKind.SANDBOX:
        collect_now(provider=work.provider, should_let_go=work.should_let_go)
        handle_events(gateway=gateway, should_let_go=work.should_let_go)
    else:
        wake_collecting(gateway)
