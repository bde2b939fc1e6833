"""Who may give how much. Pure: no database."""

from collections.abc import Collection
from dataclasses import dataclass

from makegood.providers.rules import Right


@dataclass(frozen=True)
class Limit:
    """A limit that a request is over: its sentence has places for ``role`` and ``limit`` (minor units)."""

    code: str
    sentence: str
    limit_minor: int = 0


def can_give(
    rights: Collection[Right],
    *,
    customers: int,
    largest_minor: int,
    total_minor: int,
    agent_limit_minor: int,
    run_limit_minor: int,
) -> Limit | None:
    """None if a person with these rights may give this credit; otherwise the limit it is over, in minor units."""
    if Right.CREDIT_WITHOUT_LIMIT in rights:
        return None
    if Right.CREDIT_RUN in rights:
        if total_minor > run_limit_minor:
            return Limit(
                "run_over_limit",
                "The total is over {limit}, the most that the role {role} may give in one run. A manager can start it.",
                run_limit_minor,
            )
        return None
    if Right.CREDIT_ONE in rights:
        if customers > 1:
            return Limit(
                "not_allowed",
                "Your role ({role}) may credit one customer at a time. A person with role billing or manager can "
                "credit several.",
            )
        if max(largest_minor, total_minor) > agent_limit_minor:
            return Limit(
                "credit_over_limit",
                "The amount is over {limit}, the most that the role {role} may give. "
                "A person with role billing or manager can give it.",
                agent_limit_minor,
            )
        return None
    return Limit(
        "not_allowed", "Your role ({role}) may not give credits. A person with role agent, billing or manager can."
    )
