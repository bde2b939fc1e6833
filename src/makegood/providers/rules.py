"""What each role may do. Pure: no database."""

from enum import StrEnum


class Right(StrEnum):
    """One thing a person can be allowed to do."""

    VIEW = "view"
    CREDIT_ONE = "credit_one"
    CREDIT_RUN = "credit_run"
    CREDIT_WITHOUT_LIMIT = "credit_without_limit"
    EDIT_CUSTOMERS = "edit_customers"
    SETTINGS = "settings"
    STAFF = "staff"


_RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.VIEW}),
    "agent": frozenset({Right.VIEW, Right.CREDIT_ONE, Right.EDIT_CUSTOMERS}),
    "billing": frozenset({Right.VIEW, Right.CREDIT_ONE, Right.CREDIT_RUN, Right.EDIT_CUSTOMERS}),
    "manager": frozenset(
        {Right.VIEW, Right.CREDIT_ONE, Right.CREDIT_RUN, Right.CREDIT_WITHOUT_LIMIT, Right.EDIT_CUSTOMERS}
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
