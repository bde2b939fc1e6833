"""Giving used funds back to the credits they came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from makegood.credits.back_to_gl_codes import lines_back_to_gl_codes
from makegood.credits.models import Credit, CreditChange, CreditUse
from makegood.credits.rules import LIVES_ON_DAYS
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import allow_any_funds
from makegood.ledger.models import GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book, next_journal_entry_id
from makegood.providers.models import Provider
from makegood.runs.rules import hash_request


@dataclass(frozen=True)
class Cause:
    """Why funds come back: a record by type and id, and the person who made it so; None for what nobody did here."""

    type: str
    id: int
    staff_id: int | None


@dataclass(frozen=True)
class Returned:
    """What came back, and what of it was taken back at once because its credit had been; minor units."""

    amount_minor: int = 0
    taken_back_minor: int = 0


def list_uses_newest_first(**of: int) -> list[CreditUse]:
    """The uses of a credit (`credit_id`) or of an invoice (`invoice_id`) of which something has not come back."""
    uses = CreditUse.objects.select_related("credit", "invoice").filter(**of).order_by("-id")
    return [use for use in uses if use.amount_minor > use.returned_minor]


def spread_newest_first(uses: list[CreditUse], amount_minor: int | None = None) -> dict[int, int]:
    """How much each use gives back, by its number, until the amount is reached; all that can come back if None."""
    parts: dict[int, int] = {}
    for use in uses:
        left = use.amount_minor - use.returned_minor
        part = left if amount_minor is None else min(left, amount_minor - sum(parts.values()))
        if part > 0:
            parts[use.pk] = part
    return parts


def return_uses(*, provider: Provider, parts: Mapping[int, int], booked_on: date, cause: Cause) -> Returned:
    """Gives back parts of uses (minor units, by the use's number) to their credits; what they paid is due again.

    Demands a transaction that holds the books and the customers' locks. A credit that has expired meanwhile lives 30
    more days; of one that was taken back meanwhile the part is taken back too.
    """
    demand_transaction()
    if not parts:
        return Returned()
    # What comes back is the customer's, however much it makes.
    allow_any_funds()
    credits = _find_credits(parts)
    amount_minor = _book_return(provider, parts, booked_on, cause)
    again = find_taken_back_meanwhile(parts)
    taken = {use: amount for use, amount in parts.items() if use in again}
    taken_back_minor = _take_back(provider, taken, booked_on, cause)
    kept = {credits[use].pk: credits[use] for use in parts if use not in again}
    _let_live_on(list(kept.values()), booked_on, cause)
    return Returned(amount_minor, taken_back_minor)


def find_taken_back_meanwhile(parts: Mapping[int, int]) -> set[int]:
    """Of some uses, by their numbers, those whose credit was taken back since: what comes back of them is as well."""
    found = run_sql(load_sql(__package__, "find_taken_back_meanwhile"), {"uses": list(parts)})
    return {row["use_id"] for row in found}


def _find_credits(parts: Mapping[int, int]) -> dict[int, Credit]:
    uses = CreditUse.objects.select_related("credit").filter(pk__in=parts)
    return {use.pk: use.credit for use in uses.order_by("pk")}


def _book_return(provider: Provider, parts: Mapping[int, int], booked_on: date, cause: Cause) -> int:
    entry_id = next_journal_entry_id()
    returned = run_sql(load_sql(__package__, "return_uses"), _parameters(provider, parts, booked_on, entry_id))[0]
    amount_minor = int(returned["amount_minor"])
    book(
        entry_id=entry_id,
        provider_id=provider.pk,
        booked_on=booked_on,
        event="funds_returned",
        cause_type=cause.type,
        cause_id=cause.id,
        lines=[
            Line(get_control_gl_code_id(provider.pk, GLCode.Type.RECEIVABLE), debit_minor=amount_minor),
            Line(get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS), credit_minor=amount_minor),
        ],
    )
    return amount_minor


def _take_back(provider: Provider, parts: Mapping[int, int], booked_on: date, cause: Cause) -> int:
    if not parts:
        return 0
    entry_id = next_journal_entry_id()
    by_gl_code = run_sql(load_sql(__package__, "take_back_returned"), _parameters(provider, parts, booked_on, entry_id))
    total = sum(int(row["amount_minor"]) for row in by_gl_code)
    book(
        entry_id=entry_id,
        provider_id=provider.pk,
        booked_on=booked_on,
        event="credit_taken_back_again",
        cause_type=cause.type,
        cause_id=cause.id,
        lines=lines_back_to_gl_codes(provider.pk, by_gl_code),
    )
    return total


def _parameters(provider: Provider, parts: Mapping[int, int], booked_on: date, entry_id: int) -> dict[str, object]:
    return {
        "provider": provider.pk,
        "uses": list(parts),
        "amounts": list(parts.values()),
        "booked_on": booked_on,
        "created_at": now(),
        "journal_entry": entry_id,
    }


def _let_live_on(credits: list[Credit], booked_on: date, cause: Cause) -> None:
    """Gives credits whose last day has passed a new one, as a change that says so."""
    expired = [credit for credit in credits if credit.expires_on is not None and credit.expires_on < booked_on]
    if not expired:
        return
    if cause.staff_id is None:
        raise RuntimeError("Only what a person does gives back to credits that can expire.")
    until = booked_on + timedelta(days=LIVES_ON_DAYS)
    pks = [credit.pk for credit in expired]
    changes = CreditChange.objects.filter(credit__in=pks).order_by("number")
    numbers = dict(changes.values_list("credit_id", "number"))
    CreditChange.objects.bulk_create(
        CreditChange(
            provider_id=credit.provider_id,
            credit=credit,
            number=numbers.get(credit.pk, 0) + 1,
            action=CreditChange.Action.EDITED,
            key=f"{cause.type} {cause.id} gave back to credit {credit.pk}",
            request_hash=hash_request({"returned_by": cause.type, "id": cause.id, "credit": credit.pk}),
            old_description=credit.description,
            new_description=credit.description,
            old_gl_code_id=credit.gl_code_id,
            new_gl_code_id=credit.gl_code_id,
            old_amount_minor=credit.issued_minor + credit.adjusted_minor,
            new_amount_minor=credit.issued_minor + credit.adjusted_minor,
            old_expires_on=credit.expires_on,
            new_expires_on=until,
            created_by_id=cause.staff_id,
            created_at=now(),
            booked_on=booked_on,
        )
        for credit in expired
    )
    Credit.objects.filter(pk__in=pks).update(expires_on=until)
