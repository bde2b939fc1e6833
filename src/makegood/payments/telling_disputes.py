"""Telling managers of disputes: what the bank took, of what, and what is due by it. Demands its transaction."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from makegood.credits.limits import money_of
from makegood.gateways.rules import DisputeState
from makegood.payments.models import Dispute, PaymentMethod
from makegood.payments.returning import TakePlan
from makegood.payments.services.bring_back import Brought
from makegood.payments.telling import PAYMENT, tell_managers
from makegood.payments.telling_together import TOGETHER, Told, tell_together
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Came:
    """What a dispute has come to by one message: taken of the payment, or brought back to it; or neither."""

    taken: TakePlan | None = None
    brought: Brought | None = None

    @property
    def moved_minor(self) -> int:
        """What went back, in minor units; negative for what came again."""
        if self.taken is not None:
            return self.taken.moved_minor
        return -self.brought.amount_minor if self.brought is not None else 0


def tell_of_dispute(dispute: Dispute, came: Came, held: PaymentMethod | None = None) -> None:
    """That a dispute was opened, won or lost, and what that means. held: what autopay does not charge from now on."""
    provider = dispute.provider
    amount = money_of(provider, max(came.moved_minor, 0) or dispute.amount_minor)
    level, title, words = {
        DisputeState.WARNING: ("warning", f"The bank asks about payment {dispute.payment_id}", []),
        DisputeState.OPEN: (
            "error",
            f"{amount} of payment {dispute.payment_id} is disputed",
            _say_taken(dispute, came),
        ),
        DisputeState.WON: (
            "success",
            f"The dispute of payment {dispute.payment_id} is won",
            _say_brought(provider, came),
        ),
        DisputeState.LOST: ("error", _title_of_lost(dispute, came, amount), _say_taken(dispute, came)),
    }[DisputeState(dispute.state)]
    if dispute.state in (DisputeState.WARNING, DisputeState.OPEN):
        words = [*words, "Answer it at the processor.", _say_until(provider, dispute.answer_by)]
    if held is not None:
        words = [*words, say_held(held)]
    told = Told(level, title, " ".join(filter(None, words)))
    if dispute.state in TOGETHER and _is_ordinary(dispute, came):
        tell_together(dispute, told)
    else:
        tell_managers(provider.pk, told.level, told.title, told.body, PAYMENT, dispute.payment_id)


def _is_ordinary(dispute: Dispute, came: Came) -> bool:
    """Whether nothing of it needs a person more than of others: what the bank took is due again, or was booked."""
    taken = came.taken
    if taken is None:
        return bool(dispute.booked_minor)
    return not (taken.lost_minor or taken.shortfall_minor or taken.written_off_minor)


def say_held(method: PaymentMethod) -> str:
    """What it means that a payment method is held after a dispute."""
    return (
        f"Autopay does not charge {method} of customer {method.customer.number} any more: ask for another payment "
        "method, or have it used again on the customer's page. What falls due meanwhile becomes Late by itself."
    )


def _title_of_lost(dispute: Dispute, came: Came, amount: str) -> str:
    if came.taken is None and dispute.booked_minor:
        return f"The dispute of payment {dispute.payment_id} is lost"
    return f"{amount} of payment {dispute.payment_id} was returned"


def _say_taken(dispute: Dispute, came: Came) -> list[str]:
    provider, taken = dispute.provider, came.taken
    if taken is None:
        return [_say_nothing_taken(dispute)]
    words = {
        "{} is due again, to be collected by hand.": taken.due_again_minor,
        "{} of it was Available Funds still, which the customer does not have any more.": taken.funds_taken_minor,
        "{} of it had paid what is marked uncollectible, and is written off again.": taken.written_off_minor,
        "{} of it is written off: what of it was paid out cannot come back, nor what has paid an invoice that is "
        "marked uncollectible.": taken.shortfall_minor,
        "{} of it had gone back by hand before, so that nothing is due by it: the customer has it twice, and it is "
        "written off. Show the processor that it was given back.": taken.lost_minor,
    }
    return ["The bank took it back.", *(say.format(money_of(provider, minor)) for say, minor in words.items() if minor)]


def _say_nothing_taken(dispute: Dispute) -> str:
    if dispute.booked_minor:
        return "What the bank took is booked already, and nothing changes by it."
    return (
        "What is disputed had gone back to the card before, so nothing is booked and nothing is due again. What the "
        "processor takes all the same is a difference of the clearing account."
    )


def _say_brought(provider: Provider, came: Came) -> list[str]:
    brought = came.brought
    if brought is None:
        return ["No money moved by it."]
    words = {
        "{} pays its invoices again.": brought.paid_minor,
        "{} is Available Funds.": brought.over_minor,
        "{} is not written off any more.": brought.written_off_minor,
    }
    said = [say.format(money_of(provider, minor)) for say, minor in words.items() if minor]
    return ["The money is back.", *said]


def _say_until(provider: Provider, answer_by: datetime | None) -> str:
    if answer_by is None:
        return ""
    local = date_format(answer_by.astimezone(ZoneInfo(provider.timezone)), "M j, Y, P")
    return f"It takes answers until {local}.".replace("..", ".")
