"""The outcomes that a row of a run can have: a closed list, in order of precedence, each with a sentence for people.

Outcomes of any run stand here; a kind of run adds its own. Where several would fit, the first one counts.
"""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What an outcome counts as in the proof line: selected = done + skipped + failed + waiting."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True)
class Outcome:
    """One possible outcome; `code` is what the database and programs say, `sentence` what a person reads."""

    code: str
    category: Category
    sentence: str

    @property
    def words(self) -> str:
        """The code as a person reads it: *taken back*."""
        return self.code.replace("_", " ")


CLAIMED = "claimed"
"""Marks rows of the second pass while their chunk is being booked; never seen outside its transaction."""

WAITING = Outcome("waiting", Category.WAITING, "Not carried out yet.")
WAITING_AGAIN = Outcome("waiting_again", Category.WAITING, "Will be tried again in this run.")
BILLING_OFF = Outcome(
    "billing_off", Category.SKIPPED, "End Customer Billing was switched off for the provider before the booking."
)
REQUESTER_NOT_ALLOWED = Outcome(
    "requester_not_allowed",
    Category.SKIPPED,
    "The person who started the run lost the right to do so before the booking.",
)
GL_CODE_INACTIVE = Outcome(
    "gl_code_inactive", Category.SKIPPED, "The GL code of the run was deactivated before the booking."
)
CUSTOMER_CLOSED = Outcome(
    "customer_closed", Category.SKIPPED, "The customer is closed: a credit could never be used, a charge never billed."
)
BILLING_DISABLED = Outcome(
    "billing_disabled", Category.SKIPPED, "Automatic billing is disabled for the customer, so nothing is billed."
)
ACCOUNT_IN_USE = Outcome(
    "account_in_use",
    Category.FAILED,
    "The account was in use by another booking for too long. Retry the failed when it is free.",
)
REFUSED_BY_DATABASE = Outcome(
    "refused_by_database",
    Category.FAILED,
    "The database refused the booking for this customer. Verify the records, then retry the failed.",
)

_FIRST = (BILLING_OFF, REQUESTER_NOT_ALLOWED, GL_CODE_INACTIVE, CUSTOMER_CLOSED, BILLING_DISABLED)
"""What stands against a booking of any kind."""

_registered: dict[str, Outcome] = {}


def register(*outcomes: Outcome) -> None:
    """Adds outcomes of a kind of run, in their order of precedence."""
    for outcome in outcomes:
        _registered[outcome.code] = outcome


def list_outcomes() -> list[Outcome]:
    """All outcomes in order of precedence: what stands against booking comes first, done last."""
    done = [outcome for outcome in _registered.values() if outcome.category is Category.DONE]
    reasons = [outcome for outcome in _registered.values() if outcome.category is not Category.DONE]
    return [*_FIRST, *reasons, ACCOUNT_IN_USE, REFUSED_BY_DATABASE, WAITING_AGAIN, WAITING, *done]


def get_outcome(code: str) -> Outcome:
    """The outcome of that code; KeyError for one that is not on the list."""
    return {outcome.code: outcome for outcome in list_outcomes()}[code]
