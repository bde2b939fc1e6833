"""What goes back through a processor: it is told of each part, asked about those that nobody knows of, and believed.

Crash-safe as charges are: whoever dies while at a part leaves it held until a moment; then the processor is asked about
it. No transaction is open while the processor is asked.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import QuerySet

from makegood.gateways.interface import GatewayClient, GatewayRefused, NoAnswer, RefundOrder, TryLater
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import GatewayKind, Standing
from makegood.kit.clock import now
from makegood.kit.database_errors import Remedy, remedy_for
from makegood.kit.transactions import opens_transaction
from makegood.payments.collector import NotSaid
from makegood.payments.leases import end_of_hold
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.pausing import is_about_us, means_not_made, pause_collecting
from makegood.payments.refund_rules import CHECKS_OF_A_DAY, NEVER_ANSWERED, NEVER_ARRIVED, UNDER_WAY
from makegood.payments.rules import RefundPurpose, TransferState
from makegood.payments.schedule import MANY_CHECKS, PAUSE, ask_again_after, may_order_again, submit_again_after
from makegood.payments.services.book_transfer import book_transfer
from makegood.payments.telling_refunds import tell_of_refund_that_does_not_fit, tell_of_unknown_refund
from makegood.payments.wake import wake_collecting
from makegood.providers.models import Provider

log = logging.getLogger(__name__)

MOST_MISSES = 4
"""So many calls in a row without an answer show that the processor is away."""

GATEWAY_GONE = "gateway_gone"
"""Why a part failed whose processor nobody can speak with any more."""


@dataclass(frozen=True)
class _Miss:
    """The processor did not do it, or nobody knows. stops: whether the others need not be tried now.

    is_away: whether it did not answer at all.
    """

    stops: bool = False
    is_away: bool = False


@dataclass(frozen=True)
class _At:
    """Whom the processor is asked for, and by what."""

    provider: Provider
    gateway: Gateway
    client: GatewayClient


def send_on_their_way(refund: Refund) -> Refund:
    """Has what goes back through a processor submitted soon; by the sandbox at once. For after the decision.

    Returns the refund as it is then.
    """
    waiting = refund.transfers.select_related("gateway", "gateway__provider").filter(state=TransferState.CREATED)
    for gateway in {transfer.gateway_id: transfer.gateway for transfer in waiting}.values():
        if gateway is None:
            continue
        if gateway.kind == GatewayKind.SANDBOX:
            submit_transfers(gateway=gateway)
        else:
            wake_collecting(gateway)
    refund.refresh_from_db(fields=["state", "settled_at", "funds_returned", "credit"])
    return refund


def submit_transfers(*, gateway: Gateway, should_let_go: Callable[[], bool] | None = None) -> int:
    """Tells the processor of what is to go back and waits for it; returns of how many. Opens its own transactions.

    One after the other. Nothing is submitted while billing is off. Goes soon after `should_let_go` says so.
    """
    provider = Provider.objects.get(pk=gateway.provider_id)
    if not provider.end_customer_billing:
        return 0
    at = _At(provider, gateway, open_gateway(gateway))
    return _work(at, _take_to_submit, _submit, should_let_go)


def ask_transfers(*, gateway: Gateway, should_let_go: Callable[[], bool] | None = None) -> int:
    """Asks the processor about what nobody knows of, and what it was at; returns of how many.

    Opens its own transactions. By reference, else by key. What it does not know is ordered again with the same key as
    long as it surely knows a key again, which never gives back twice; later it has never arrived, and has failed.
    """
    provider = Provider.objects.get(pk=gateway.provider_id)
    at = _At(provider, gateway, open_gateway(gateway))
    return _work(at, _take_to_ask, _ask, should_let_go)


def _work(
    at: _At,
    take: Callable[[Gateway], RefundTransfer | None],
    call: Callable[[_At, RefundTransfer], Answer | _Miss],
    should_let_go: Callable[[], bool] | None,
) -> int:
    done = misses = 0
    while misses < MOST_MISSES and not (should_let_go and should_let_go()):
        held = take(at.gateway)
        if held is None:
            break
        done += 1
        answer = call(at, held)
        if isinstance(answer, _Miss):
            misses = MOST_MISSES if answer.stops else misses + 1 if answer.is_away else 0
        else:
            misses = 0
            _book(at.provider, held, answer)
    return done


def _book(provider: Provider, held: RefundTransfer, answer: Answer) -> None:
    try:
        book_transfer(provider=provider, transfer_id=held.pk, refund=answer)
    except (DatabaseError, RuntimeError) as error:
        if isinstance(error, DatabaseError) and remedy_for(error) is Remedy.TRY_AGAIN:
            raise
        # It must not keep the others from being booked; it is asked about again.
        log.exception("What the processor said of transfer %s cannot be booked.", held.pk)
        _put_off(held, ask_again_after(held.checks), does_not_fit=True)


def _take_to_submit(gateway: Gateway) -> RefundTransfer | None:
    at = now()
    with opens_transaction():
        transfer = _next(gateway, at, [TransferState.CREATED])
        if transfer is not None:
            transfer.state = TransferState.SUBMITTED
            transfer.submitted_at = transfer.submitted_at or at
            _hold(transfer, at)
    return transfer


def _take_to_ask(gateway: Gateway) -> RefundTransfer | None:
    at = now()
    with opens_transaction():
        transfer = _next(gateway, at, [TransferState.SUBMITTED, TransferState.UNKNOWN])
        if transfer is not None:
            if not transfer.reference:
                transfer.state = TransferState.UNKNOWN
            _hold(transfer, at)
    return transfer


def _next(gateway: Gateway, at: datetime, states: list[TransferState]) -> RefundTransfer | None:
    due = RefundTransfer.objects.filter(gateway=gateway, state__in=states, next_check_at__lte=at)
    return due.select_for_update(skip_locked=True, no_key=True).order_by("next_check_at", "id").first()


def _hold(transfer: RefundTransfer, at: datetime) -> None:
    transfer.held_until = end_of_hold(at)
    transfer.next_check_at = transfer.held_until
    transfer.save(update_fields=["state", "submitted_at", "held_until", "next_check_at"])


def _submit(at: _At, held: RefundTransfer) -> Answer | _Miss:
    try:
        return at.client.refund(_order(at.provider, held))
    except NoAnswer:
        _put_off(held, ask_again_after(held.checks))
    except TryLater as later:
        if later.under_way:
            # Somebody else is at it with the same key, or was.
            _put_off(held, ask_again_after(held.checks, later.after))
        else:
            # It was told of for the first time: what it has not done now, it has not done at all.
            _let_wait(held, submit_again_after(later.after))
    except GatewayRefused as refused:
        if is_about_us(refused):
            return _note_trouble(at.gateway, held, refused, is_new=True)
        if means_not_made(refused):
            return _failed(held, refused.code, refused.message)
        _put_off(held, ask_again_after(held.checks))
        return _Miss()
    return _Miss(is_away=True)


def _ask(at: _At, held: RefundTransfer) -> Answer | _Miss:
    try:
        return _find(at.client, held) or _decide(at, held)
    except NoAnswer:
        _put_off(held, ask_again_after(held.checks))
    except TryLater as later:
        _put_off(held, ask_again_after(held.checks, later.after))
    except GatewayRefused as refused:
        if is_about_us(refused):
            return _note_trouble(at.gateway, held, refused, is_new=False)
        _put_off(held, ask_again_after(held.checks))
        return _Miss()
    except NotSaid:
        _put_off(held, ask_again_after(held.checks))
        return _Miss()
    return _Miss(is_away=True)


def _find(client: GatewayClient, held: RefundTransfer) -> Answer | None:
    found = client.find_refund(held.reference) if held.reference else None
    return found or client.find_refund_by_key(_charge_of(held), str(held.attempt_key))


def _decide(at: _At, held: RefundTransfer) -> Answer:
    """What becomes of a part that the processor does not know."""
    if held.reference:
        # It had told of it before; that it was never made nobody may conclude.
        raise NotSaid
    if held.submitted_at is None or not may_order_again(held.submitted_at, now()):
        return _failed(held, NEVER_ARRIVED, "The processor does not know of it.")
    if not at.provider.end_customer_billing:
        # The processor does not know of it yet, and nothing is ordered now.
        raise NotSaid
    try:
        return at.client.refund(_order(at.provider, held))
    except GatewayRefused as refused:
        if not means_not_made(refused):
            raise
        return _failed(held, refused.code, refused.message)


def _order(provider: Provider, held: RefundTransfer) -> RefundOrder:
    return RefundOrder(
        key=str(held.attempt_key),
        charge=_charge_of(held),
        amount_minor=held.amount_minor,
        currency=provider.currency,
        currency_digits=provider.currency_digits,
    )


def _charge_of(held: RefundTransfer) -> str:
    return held.payment.gateway_reference if held.payment else ""


def _failed(held: RefundTransfer, code: str, failure: str) -> Answer:
    return Answer(
        held.reference, str(held.attempt_key), _charge_of(held), Standing.FAILED, held.amount_minor, code, failure
    )


def _note_trouble(gateway: Gateway, held: RefundTransfer, refused: GatewayRefused, *, is_new: bool) -> Answer | _Miss:
    """How the provider is connected is wrong: all waits. Where nobody will put it right, what is new fails, and what
    keeps an invoice from everything else counts as failed after a time.
    """
    if is_new and not gateway.active:
        return _failed(held, GATEWAY_GONE, "The payment gateway is not connected any more.")
    if not is_new and not gateway.active and _blocks_an_invoice(held):
        return _failed(held, NEVER_ANSWERED, "The processor that was asked answers nobody any more.")
    if is_new:
        _let_wait(held, PAUSE)
    else:
        _put_off(held, max(PAUSE, ask_again_after(held.checks)))
    pause_collecting(gateway, refused)
    return _Miss(stops=True)


def _blocks_an_invoice(held: RefundTransfer) -> bool:
    """Whether an invoice has waited for long for a refund that the processor may never have heard of."""
    if held.submitted_at is None or may_order_again(held.submitted_at, now()) or held.reference:
        return False
    return bool(held.refund.purpose == RefundPurpose.REFUND)


def _put_off(held: RefundTransfer, pause: timedelta, *, does_not_fit: bool = False) -> None:
    """Nobody knows what became of it, or it cannot be booked; it is asked about then. Opens a transaction.

    does_not_fit: the processor does say something, and goes on to. Managers are told in time, and again each day.
    """
    state = TransferState.UNKNOWN if not held.reference else held.state
    checks = min(held.checks + 1, 1000)
    with opens_transaction():
        kept = _own(held).update(state=state, held_until=None, next_check_at=now() + pause, checks=checks)
        if not kept:
            return
        if does_not_fit and checks % CHECKS_OF_A_DAY == MANY_CHECKS:
            tell_of_refund_that_does_not_fit(held)
        elif not does_not_fit and checks > CHECKS_OF_A_DAY and checks % CHECKS_OF_A_DAY == MANY_CHECKS:
            tell_of_unknown_refund(held)


def _let_wait(held: RefundTransfer, pause: timedelta) -> None:
    """It was certainly not done; it is submitted then. One statement."""
    _own(held).update(state=TransferState.CREATED, submitted_at=None, held_until=None, next_check_at=now() + pause)


def _own(held: RefundTransfer) -> QuerySet[RefundTransfer]:
    """The part, unless somebody else holds it by now or it is settled."""
    return RefundTransfer.objects.filter(pk=held.pk, held_until=held.held_until, state__in=UNDER_WAY)
