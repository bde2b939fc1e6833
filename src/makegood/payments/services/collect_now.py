"""Asking processors for all that is due now: payments, what became of them, and what goes back."""

from collections.abc import Callable

from makegood.gateways.models import Gateway
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.payments.services.ask import ask_payments
from makegood.payments.services.report_stuck import report_what_is_unknown
from makegood.payments.services.submit import submit_payments
from makegood.payments.services.transfers import ask_transfers, submit_transfers
from makegood.payments.services.withdraw import withdraw_stranded
from makegood.providers.models import Provider

Should = Callable[[], bool]


def collect_now(*, provider: Provider, should_let_go: Should | None = None) -> int:
    """Submits and asks, of every gateway of the provider, until nothing is due now. Opens its own transactions.

    What nobody will submit any more is withdrawn before; of what stays unknown for long managers are told. Returns how
    many payments it was at. Two at the same moment share the work. Goes soon after `should_let_go` says so.
    """
    let_go = should_let_go or (lambda: False)
    taken = 0
    for gateway in list_busy(provider):
        taken += withdraw_stranded(gateway=gateway, should_let_go=let_go)
        while not let_go():
            now_taken = submit_payments(gateway=gateway, should_let_go=let_go).taken
            now_taken += ask_payments(gateway=gateway, should_let_go=let_go).taken
            submit_transfers(gateway=gateway, should_let_go=let_go)
            ask_transfers(gateway=gateway, should_let_go=let_go)
            if not now_taken:
                break
            taken += now_taken
        report_what_is_unknown(gateway)
    return taken


def list_busy(provider: Provider | None = None) -> list[Gateway]:
    """The gateways, of one provider or of all, that are to be asked for something now; those not active among them."""
    found = run_sql(
        load_sql(__package__, "list_busy_gateways"), {"at": now(), "provider": provider.pk if provider else None}
    )
    busy = Gateway.objects.select_related("provider").filter(pk__in=[row["gateway_id"] for row in found])
    return list(busy.order_by("provider_id", "id"))
