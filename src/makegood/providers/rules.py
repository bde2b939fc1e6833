"""What each role may do. Pure: no database."""

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """One thing a person can be allowed to do."""

    VIEW = "view"
    CREDIT_ONE = "credit_one"
    CREDIT_RUN = "credit_run"
    CREDIT_WITHOUT_LIMIT = "credit_without_limit"
    BILL = "bill"
    CLOSE_BOOKS = "close_books"
    EDIT_CUSTOMERS = "edit_customers"
    SETTINGS = "settings"
    STAFF = "staff"


_RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.VIEW}),
    "agent": frozenset({Right.VIEW, Right.CREDIT_ONE, Right.EDIT_CUSTOMERS}),
    "billing": frozenset({Right.VIEW, Right.CREDIT_ONE, Right.CREDIT_RUN, Right.BILL, Right.EDIT_CUSTOMERS}),
    "manager": frozenset(
        {
            Right.VIEW,
            Right.CREDIT_ONE,
            Right.CREDIT_RUN,
            Right.CREDIT_WITHOUT_LIMIT,
            Right.BILL,
            Right.CLOSE_BOOKS,
            Right.EDIT_CUSTOMERS,
        }
    ),
    "admin": frozenset({Right.VIEW, Right.EDIT_CUSTOMERS, Right.SETTINGS, Right.STAFF}),
}


def rights_of(role: str) -> frozenset[Right]:
    """All that a role allows; nothing for a role that does not exist."""
    return _RIGHTS.get(role, frozenset())


def roles_with(right: Right) -> list[str]:
    """The roles that allow `right`, weakest first; for the sentence that says who could do it."""
    return [role for role, rights in _RIGHTS.items() if right in rights]


DEFAULT_AGENT_LIMIT_MAJOR = 50
DEFAULT_RUN_LIMIT_MAJOR = 250_000
DEFAULT_LARGEST_FUNDS_MAJOR = 10_000
"""Limits of a new provider, in major units of its currency."""


@dataclass(frozen=True)
class LimitField:
    """A limit of a provider. name: its field. optional: whether it may be empty, so that there is none.

    smallest_minor: the least that it can be; a limit of nothing forbids, where that makes sense.
    """

    name: str
    label: str
    meaning: str
    optional: bool = True
    smallest_minor: int = 0


LIMIT_FIELDS = (
    LimitField(
        "agent_credit_limit_minor", "Largest credit of an agent", "What a person with role agent may give one customer."
    ),
    LimitField(
        "billing_credit_limit_minor",
        "Largest credit of billing",
        "What a person with role billing may give in one credit.",
    ),
    LimitField(
        "manager_credit_limit_minor",
        "Largest credit of a manager",
        "What a person with role manager may give in one credit.",
    ),
    LimitField(
        "run_limit_minor",
        "Largest credit run",
        "The total that one run may give; a manager can start larger ones.",
        optional=False,
    ),
    LimitField(
        "person_day_limit_minor",
        "One person within 24 hours",
        "The total that one person may give within 24 hours; a manager may give more.",
    ),
    LimitField(
        "provider_day_limit_minor",
        "All together within 24 hours",
        "The total that everybody together may give within 24 hours, managers included.",
    ),
    LimitField(
        "largest_funds_minor",
        "Largest Available Funds of a customer",
        "No credit may take a customer's Available Funds beyond it.",
        optional=False,
        smallest_minor=1,
    ),
)
"""All limits, in the order in which people are shown them."""
