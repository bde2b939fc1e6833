"""The clearing account beside what processors say of their balance: what agrees, what does not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from makegood.kit.refusal import Refused
from makegood.kit.sql import Row, compose_sql, load_sql, run_sql
from makegood.providers.models import Provider

KINDS = ("charge", "refund", "dispute")
"""What is booked on the clearing account. Fees of processors and their transfers to the bank are not."""
DAYS_BACK = 30
"""How many days before the present one are compared without anybody asking."""


class Match(StrEnum):
    """How what is booked stands to what the processor says. The first three need nobody."""

    AGREES = "agrees"
    NOT_LOOKED_AT = "not_looked_at"
    UNDER_WAY = "under_way"
    NOT_AT_PROCESSOR = "not_at_processor"
    NOT_BOOKED = "not_booked"
    DIFFERS = "differs"

    @property
    def words(self) -> str:
        """What it is called for people."""
        return _WORDS[self]


_WORDS = {
    Match.AGREES: "Agrees",
    Match.NOT_LOOKED_AT: "Booked since the last look",
    Match.UNDER_WAY: "Under way",
    Match.NOT_AT_PROCESSOR: "Booked, not at the processor",
    Match.NOT_BOOKED: "At the processor, not booked",
    Match.DIFFERS: "Amounts differ",
}
SETTLED = (Match.AGREES, Match.NOT_LOOKED_AT, Match.UNDER_WAY)

_TO_DO = {
    (Match.NOT_BOOKED, "charge"): "Somebody charged it at the processor itself, or a payment counts as failed that was "
    "charged. Settle that one by hand on its page; book the other by journal in your accounts.",
    (Match.NOT_BOOKED, "refund"): "Somebody gave it back at the processor itself. Book it by journal in your accounts, "
    "and credit or refund nothing of it here again.",
    (Match.NOT_BOOKED, "dispute"): "The bank has taken it back, or given it again, and the processor's message has not "
    "come. The processor is asked about it by itself; if it stays, look at the webhook log, and have the event handled "
    "again.",
    (Match.DIFFERS, "dispute"): "The bank has taken more than the payment still held, after a refund. Show the "
    "processor the refund; what it keeps is yours, to be booked by journal in your accounts.",
    (Match.NOT_AT_PROCESSOR, "dispute"): "Ask the processor now. If it stays, the processor has taken back what it had "
    "told of the dispute: have its event handled again in the webhook log.",
}
_TO_DO_ELSE = (
    "Ask the processor now, and compare it with what stands there. If it stays, correct it by journal in your accounts."
)


@dataclass(frozen=True)
class Compared:
    """A charge, a refund, or the disputes of a charge, in minor units, signed; None where a side has nothing of it.

    reference: what the processor calls it. moved_at: when the last of it has moved the balance.
    """

    kind: str
    reference: str
    payment_id: int | None
    booked_minor: int | None
    moved_minor: int | None
    match: Match
    moved_at: datetime | None = None

    @property
    def difference_minor(self) -> int:
        return (self.booked_minor or 0) - (self.moved_minor or 0)

    @property
    def to_do(self) -> str:
        """What a person does about it, in sentences; empty where nothing is to be done."""
        return "" if self.match in SETTLED else _TO_DO.get((self.match, self.kind), _TO_DO_ELSE)


@dataclass(frozen=True)
class Apart:
    """Why the processor's balance is not the clearing account, in minor units, signed: what the balance has besides.

    fee_minor, pay_out_minor, other_minor: what moved it and is not booked here. one_side_minor: what was booked and has
    not moved it, or the other way round: on its way, on another day, or a difference.
    """

    fee_minor: int
    pay_out_minor: int
    other_minor: int
    one_side_minor: int

    @property
    def total_minor(self) -> int:
        return self.fee_minor + self.pay_out_minor + self.other_minor + self.one_side_minor


@dataclass(frozen=True)
class Totals:
    """Sums of some days by kind, in minor units, signed, and how both sides stood after the last of them.

    other_booked_minor: what was booked on the clearing account besides what payments moved. fee_minor, pay_out_minor,
    other_moved_minor: what moved the processor's balance and is not booked here; pay_out_minor is what it transferred
    to the provider's bank. apart_before: why both stood apart before the first day. looked_at: up to when the balance
    is known; None while one was never asked for.
    """

    booked: dict[str, int]
    moved: dict[str, int]
    clearing_moved_minor: int
    clearing_stood_minor: int
    processor_stood_minor: int
    fee_minor: int
    pay_out_minor: int
    other_moved_minor: int
    apart_before: Apart
    looked_at: datetime | None

    @property
    def apart_within(self) -> Apart:
        """Why both moved apart in these days."""
        apart_minor = self.processor_stood_minor - self.clearing_stood_minor - self.apart_before.total_minor
        named_minor = self.fee_minor + self.pay_out_minor + self.other_moved_minor
        return Apart(self.fee_minor, self.pay_out_minor, self.other_moved_minor, apart_minor - named_minor)

    @property
    def other_booked_minor(self) -> int:
        return self.clearing_moved_minor - sum(self.booked.values())


@dataclass(frozen=True)
class Reconciliation:
    """The clearing account of some days, both included, beside the processors' balances."""

    first: date
    last: date
    totals: Totals
    compared: tuple[Compared, ...]

    def list_of(self, *matches: Match) -> list[Compared]:
        """What stands so, by kind and payment."""
        return [each for each in self.compared if each.match in matches]

    @property
    def differences(self) -> list[Compared]:
        """What somebody has to look at."""
        return [each for each in self.compared if each.match not in SETTLED]

    @property
    def holds(self) -> bool:
        """Whether nothing differs that should agree by now."""
        return not self.differences

    @property
    def counts(self) -> dict[Match, int]:
        """How many stand how."""
        return {match: len(self.list_of(match)) for match in Match}


def days_compared(today: date) -> tuple[date, date]:
    """The first and the last day of what is compared on that day without anybody asking."""
    return today - timedelta(days=DAYS_BACK), today


def reconcile(provider: Provider, first: date, last: date) -> Reconciliation:
    """Compares what was booked on the clearing account in these days of the provider with the processors' movements.

    By what is known of them; `makegood.gateways.services.balance` fetches more. Whatever of a charge, a refund or a
    dispute falls into the days is compared as a whole, so that a day more or less is no difference. Refused where the
    last day is before the first.
    """
    if last < first:
        raise Refused("days_reversed", "The last day is before the first.", "to")
    parameters = {"provider": provider.pk, "first": first, "last": last}
    rows = run_sql(_of_accounts("reconcile_objects"), {**parameters, "differing": False})
    totals = run_sql(_of_accounts("reconcile_totals"), parameters)[0]
    return Reconciliation(first, last, _read_totals(totals), tuple(_compare(rows)))


def list_differences(provider: Provider, first: date, last: date) -> list[Compared]:
    """What somebody has to look at of these days of the provider, as `reconcile` says it, without all that agrees."""
    parameters = {"provider": provider.pk, "first": first, "last": last, "differing": True}
    compared = _compare(run_sql(_of_accounts("reconcile_objects"), parameters))
    return [each for each in compared if each.match not in SETTLED]


def _of_accounts(name: str) -> str:
    """The named statement of this folder over accounts, however often each of them was connected."""
    accounts, balances = (compose_sql(load_sql(__package__, each)) for each in ("accounts", "balance_of_accounts"))
    return compose_sql(load_sql(__package__, name), accounts=accounts, balances=balances)


def _read_totals(row: Row) -> Totals:
    return Totals(
        booked={kind: row[f"booked_{kind}"] for kind in KINDS},
        moved={kind: row[f"moved_{kind}"] for kind in KINDS},
        clearing_moved_minor=row["clearing_moved_minor"],
        clearing_stood_minor=row["clearing_stood_minor"],
        processor_stood_minor=row["processor_stood_minor"],
        fee_minor=row["moved_fee"],
        pay_out_minor=row["moved_pay_out"],
        other_moved_minor=row["moved_other"],
        apart_before=_read_apart_before(row),
        looked_at=row["looked_at"],
    )


def _read_apart_before(row: Row) -> Apart:
    named = row["fee_before"], row["pay_out_before"], row["other_before"]
    clearing_stood_minor = row["clearing_stood_minor"] - row["clearing_moved_minor"]
    apart_minor = row["processor_stood_before_minor"] - clearing_stood_minor
    return Apart(*named, apart_minor - sum(named))


def _compare(rows: Iterable[Row]) -> Iterable[Compared]:
    for row in rows:
        yield Compared(
            kind=row["kind"],
            reference=row["reference"],
            payment_id=row["payment_id"],
            booked_minor=row["booked_minor"],
            moved_minor=row["moved_minor"],
            match=_match(row),
            moved_at=row["moved_at"],
        )


def _match(row: Row) -> Match:
    booked, moved = row["booked_minor"] or 0, row["moved_minor"] or 0
    if booked == moved:
        return Match.AGREES
    if row["under_way"]:
        return Match.UNDER_WAY
    if row["booked_minor"] is not None and row["not_looked_at"]:
        return Match.NOT_LOOKED_AT
    if row["moved_minor"] is None:
        return Match.NOT_AT_PROCESSOR
    return Match.NOT_BOOKED if row["booked_minor"] is None else Match.DIFFERS
