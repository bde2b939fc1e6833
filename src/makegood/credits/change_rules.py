"""What a change of a credit is, and what it books. Pure: no database.

The preview and the booking use the same functions, so what was shown is what is booked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from makegood.kit.refusal import Refused
from makegood.ledger.rules import Line

GIVEN_KINDS = ("goodwill", "outage", "correction")
"""Kinds of credits that are given; the others are money that the customer has paid."""


@dataclass(frozen=True)
class ChangeableValues:
    """What a person can change of a credit. amount_minor: issued and adjusted together, in minor units."""

    description: str
    gl_code_id: int
    amount_minor: int
    expires_on: date | None


@dataclass(frozen=True)
class CreditState:
    """A credit as it is now; minor units.

    of_run_of_several: it came from a run of more than one customer. from_invoice: a negative invoice has given it.
    """

    values: ChangeableValues
    kind: str
    used_minor: int
    refunded_minor: int
    expired_minor: int
    taken_back_minor: int
    of_run_of_several: bool
    from_invoice: bool = False

    @property
    def gone_minor(self) -> int:
        """What has left the credit, for whatever reason: the amount cannot be less."""
        return self.used_minor + self.refunded_minor + self.expired_minor + self.taken_back_minor

    @property
    def remaining_minor(self) -> int:
        return self.values.amount_minor - self.gone_minor

    @property
    def on_gl_code_minor(self) -> int:
        """What stands on the GL code of the credit: what is neither taken back nor expired."""
        return self.values.amount_minor - self.taken_back_minor - self.expired_minor


@dataclass(frozen=True)
class Surroundings:
    """What else decides about a change. today: the provider's day. money: writes minor units with their currency.

    funds_minor: the customer's Available Funds. largest_funds_minor: the most that they may be.
    closed_and_owing_nothing: nothing that is added could ever be used.
    """

    today: date
    funds_gl_code_id: int
    funds_minor: int
    largest_funds_minor: int
    closed_and_owing_nothing: bool
    money: Callable[[int], str]


@dataclass(frozen=True)
class Plan:
    """What a change makes of a credit and what is booked for it; minor units.

    adjusted_minor: what the credit and the customer's funds change by. taken_back_minor: what a void takes.
    lines: of one journal entry; none if nothing is booked.
    """

    values: ChangeableValues
    adjusted_minor: int = 0
    taken_back_minor: int = 0
    lines: tuple[Line, ...] = ()

    @property
    def funds_change_minor(self) -> int:
        return self.adjusted_minor - self.taken_back_minor


def is_given(kind: str, *, from_invoice: bool) -> bool:
    """Whether a credit of that kind was given by a person, so that a person can change it and take it back."""
    return kind in GIVEN_KINDS and not from_invoice


def plan_edit(credit: CreditState, wanted: ChangeableValues, around: Surroundings) -> Plan:
    """What an edit does. Refused, beside the field that is at fault, for what the rules of credits do not allow."""
    now = credit.values
    if wanted == now:
        raise Refused("nothing_changed", "Nothing is different from what the credit says now.")
    if (
        not is_given(credit.kind, from_invoice=credit.from_invoice)
        and replace(wanted, description=now.description) != now
    ):
        raise Refused(*_say_not_given(credit, "only its description can be changed"))
    if wanted.expires_on != now.expires_on and wanted.expires_on is not None and wanted.expires_on < around.today:
        raise Refused("expiry_past", "The credit cannot expire in the past; choose today or a later day.", "expires_on")
    adjusted = wanted.amount_minor - now.amount_minor
    if adjusted > 0 and wanted.expires_on is not None and wanted.expires_on < around.today:
        raise Refused(
            "expired", "The credit has expired; choose a later day before the amount is raised.", "expires_on"
        )
    _require_possible_amount(credit, wanted.amount_minor, around)
    lines: list[Line] = []
    if wanted.gl_code_id != now.gl_code_id:
        lines += _transfer(wanted.gl_code_id, now.gl_code_id, credit.on_gl_code_minor)
    if adjusted > 0:
        lines += _transfer(wanted.gl_code_id, around.funds_gl_code_id, adjusted)
    else:
        lines += _transfer(around.funds_gl_code_id, wanted.gl_code_id, -adjusted)
    return Plan(wanted, adjusted_minor=adjusted, lines=tuple(lines))


def plan_void(credit: CreditState, around: Surroundings) -> Plan:
    """What a void does: the unused part goes. Refused, with what became of the credit, if nothing of it is left."""
    if credit.kind not in GIVEN_KINDS:
        raise Refused(*_say_not_given(credit, "it can be used or paid out, not taken back"))
    if credit.from_invoice:
        raise Refused(*_say_not_given(credit, "it can be used, not taken back"))
    left = credit.remaining_minor
    if not left:
        raise Refused("nothing_left", f"Nothing of this credit is left: {_say_gone(credit, around)}.")
    lines = _transfer(around.funds_gl_code_id, credit.values.gl_code_id, left)
    return Plan(credit.values, taken_back_minor=left, lines=tuple(lines))


def _require_possible_amount(credit: CreditState, amount_minor: int, around: Surroundings) -> None:
    now = credit.values.amount_minor
    if amount_minor <= 0:
        raise Refused("amount_zero", "The amount must be greater than zero. To take the rest back, void it.", "amount")
    if amount_minor < credit.gone_minor:
        raise Refused(
            "amount_below_used",
            f"The amount cannot be less than {around.money(credit.gone_minor)}: {_say_gone(credit, around)}.",
            "amount",
        )
    if amount_minor <= now:
        return
    if credit.of_run_of_several:
        raise Refused(
            "run_credit_only_down",
            "This credit was given to several customers in one run, so it can only become less than "
            f"{around.money(now)}. Give the customer a further credit instead.",
            "amount",
        )
    if around.closed_and_owing_nothing:
        raise Refused(
            "customer_closed", "The customer is closed and owes nothing, so more could never be used.", "amount"
        )
    if around.funds_minor + amount_minor - now > around.largest_funds_minor:
        raise Refused(
            "over_funds_limit",
            "With this the customer would have more Available Funds than "
            f"{around.money(around.largest_funds_minor)}, the most that one customer may have.",
            "amount",
        )


def _say_not_given(credit: CreditState, rest: str) -> tuple[str, str]:
    """Code and sentence of a refusal to change what no person has given."""
    if credit.kind not in GIVEN_KINDS:
        return "paid_money", f"This credit is money that the customer has paid; {rest}."
    return "from_invoice", f"This credit was given back by an invoice; {rest}."


def _say_gone(credit: CreditState, around: Surroundings) -> str:
    parts = {
        "used": credit.used_minor,
        "refunded": credit.refunded_minor,
        "expired": credit.expired_minor,
        "taken back": credit.taken_back_minor,
    }
    *others, last = [f"{around.money(minor)} {word}" for word, minor in parts.items() if minor]
    return f"{', '.join(others)} and {last}" if others else last


def _transfer(debit_id: int, credit_id: int, amount_minor: int) -> list[Line]:
    """Both sides of one movement; nothing for nothing."""
    if not amount_minor:
        return []
    return [Line(debit_id, debit_minor=amount_minor), Line(credit_id, credit_minor=amount_minor)]
