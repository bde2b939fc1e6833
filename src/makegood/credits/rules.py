"""Who may give how much, and what a credit can say. Pure: no database."""

from collections.abc import Callable
from dataclasses import dataclass

from makegood.kit.lines import clean_line
from makegood.providers.rules import Right, rights_of, roles_with

LONGEST_DESCRIPTION = 500
LIVES_ON_DAYS = 30
"""How long a credit can still be used whose last day has passed when a part of it comes back."""


def clean_description(text: str) -> str:
    """The description on one line, without needless spaces. Refused if it is too long or cannot be stored."""
    return clean_line(text, longest=LONGEST_DESCRIPTION, name="description")


@dataclass(frozen=True)
class Limits:
    """A provider's limits of giving, in minor units; None where there is none."""

    run_minor: int
    agent_credit_minor: int | None = None
    billing_credit_minor: int | None = None
    manager_credit_minor: int | None = None
    person_day_minor: int | None = None
    provider_day_minor: int | None = None

    def largest_credit_of(self, role: str) -> int | None:
        """The most that a person with this role may give one customer at once."""
        largest = {
            "agent": self.agent_credit_minor,
            "billing": self.billing_credit_minor,
            "manager": self.manager_credit_minor,
        }
        return largest.get(role)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to give; minor units. largest_minor: the largest single credit."""

    customers: int
    largest_minor: int
    total_minor: int


@dataclass(frozen=True)
class Given:
    """What has been given within 24 hours, and what still waits in runs under way; minor units."""

    by_person_minor: int = 0
    by_all_minor: int = 0


@dataclass(frozen=True)
class Limit:
    """A limit that a request is over; its sentence has places for ``role``, ``limit`` and ``given`` (minor units)."""

    code: str
    sentence: str
    limit_minor: int = 0
    given_minor: int = 0

    def say(self, role: str, money: Callable[[int], str]) -> str:
        """The sentence for a person with this role. money: writes minor units out with their currency."""
        return self.sentence.format(role=role, limit=money(self.limit_minor), given=money(self.given_minor))


ADMINISTRATOR_CAN_RAISE = "An administrator can raise it in Settings > Limits."


def can_give(role: str, asked: Asked, limits: Limits) -> Limit | None:
    """None if a person with this role may give this; otherwise the limit that it is over, whoever gave what before."""
    rights = rights_of(role)
    if not rights & {Right.CREDIT_ONE, Right.CREDIT_RUN}:
        return Limit(
            "not_allowed", "Your role ({role}) may not give credits. A person with role agent, billing or manager can."
        )
    if Right.CREDIT_RUN not in rights and asked.customers > 1:
        return Limit(
            "not_allowed",
            "Your role ({role}) may credit one customer at a time. A person with role billing or manager can "
            "credit several.",
        )
    at_once = asked.largest_minor if Right.CREDIT_RUN in rights else max(asked.largest_minor, asked.total_minor)
    if over := over_largest_credit(role, at_once, limits):
        return over
    if Right.CREDIT_WITHOUT_LIMIT not in rights and asked.total_minor > limits.run_minor:
        return Limit(
            "run_over_limit",
            "The total is over {limit}, the most that the role {role} may give in one run. A manager can start it.",
            limits.run_minor,
        )
    return None


def over_largest_credit(role: str, amount_minor: int, limits: Limits) -> Limit | None:
    """The role's largest credit, if the amount is over it; with who could give as much."""
    largest = limits.largest_credit_of(role)
    if largest is None or amount_minor <= largest:
        return None
    others = [
        other
        for other in roles_with(Right.CREDIT_ONE)
        if other != role and ((most := limits.largest_credit_of(other)) is None or amount_minor <= most)
    ]
    who = f"A person with role {' or '.join(others)} can give it." if others else ADMINISTRATOR_CAN_RAISE
    return Limit(
        "credit_over_limit", "The amount is over {limit}, the most that the role {role} may give. " + who, largest
    )


def can_change(role: str, amount_minor: int, limits: Limits) -> Limit | None:
    """None if a person with this role may change a credit of this amount; who credits one at a time has a limit.

    Whether it may become more is another question; see `over_largest_credit`.
    """
    largest = limits.largest_credit_of(role)
    if Right.CREDIT_RUN in rights_of(role) or largest is None or amount_minor <= largest:
        return None
    return Limit(
        "credit_over_limit",
        "This credit is over {limit}, the most that the role {role} may give, so you may not change it. "
        "A person with role billing or manager can.",
        largest,
    )


def can_give_now(role: str, total_minor: int, limits: Limits, given: Given) -> Limit | None:
    """None if so much more keeps within what may be given within 24 hours; otherwise the limit that it is over.

    A manager is held by what everybody together may give only.
    """
    of_all = limits.provider_day_minor
    if of_all is not None and given.by_all_minor + total_minor > of_all:
        return Limit(
            "provider_day_over_limit",
            "Everybody together may give {limit} within 24 hours, and has given {given}, what waits in runs under way "
            f"included; this would be too much. {ADMINISTRATOR_CAN_RAISE}",
            of_all,
            given.by_all_minor,
        )
    of_one = limits.person_day_minor
    if Right.CREDIT_WITHOUT_LIMIT in rights_of(role) or of_one is None:
        return None
    if given.by_person_minor + total_minor > of_one:
        return Limit(
            "person_day_over_limit",
            "One person may give {limit} within 24 hours, and you have given {given}, what waits in your runs under "
            "way included; this would be too much. A manager can give it.",
            of_one,
            given.by_person_minor,
        )
    return None
