"""The provider's limits of giving, asked of what somebody wants to give now."""

from datetime import timedelta

from makegood.credits.locks import lock_what_is_given
from makegood.credits.rules import Asked, Given, Limit, Limits, can_give, can_give_now
from makegood.kit.clock import now
from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider

WITHIN = timedelta(hours=24)
ONE_DAY = timedelta(days=1)
NOTHING_ELSE = Given()


def limits_of(provider: Provider) -> Limits:
    """What the provider's settings say, for the rules."""
    return Limits(
        run_minor=provider.run_limit_minor,
        agent_credit_minor=provider.agent_credit_limit_minor,
        billing_credit_minor=provider.billing_credit_limit_minor,
        manager_credit_minor=provider.manager_credit_limit_minor,
        person_day_minor=provider.person_day_limit_minor,
        provider_day_minor=provider.provider_day_limit_minor,
    )


def sum_given(provider: Provider, staff_id: int, run_id: int | None = None) -> Given:
    """What the person and everybody have given within 24 hours, with what waits in runs under way; minor units.

    run_id: a run that the person is about to answer for, whoever started it before.
    """
    since = now() - WITHIN
    figures = run_sql(
        load_sql(__package__, "sum_given"),
        {
            "provider": provider.pk,
            "staff": staff_id,
            "run": run_id,
            "since": since,
            # A day of slack, in case the provider's time zone was changed in between.
            "since_day": today_of(provider) - WITHIN - ONE_DAY,
        },
    )[0]
    return Given(**figures)


def find_limit_of_a_day(
    membership: Membership,
    provider: Provider,
    total_minor: int,
    *,
    run_id: int | None = None,
    lock: bool,
    besides: Given = NOTHING_ELSE,
) -> Limit | None:
    """The limit of 24 hours that giving so much more would be over; None if there is none or it keeps within.

    run_id: the run that would be started, resumed or retried for it.
    lock: of several who ask at the same moment each sees what those before have given; demands a transaction.
    besides: what else waits to be given, that credits and their runs do not know of.
    """
    limits = limits_of(provider)
    if limits.person_day_minor is None and limits.provider_day_minor is None:
        return None
    if lock:
        lock_what_is_given(provider.pk)
    given = sum_given(provider, membership.staff_id, run_id)
    given = Given(given.by_person_minor + besides.by_person_minor, given.by_all_minor + besides.by_all_minor)
    return can_give_now(membership.role, total_minor, limits, given)


def require_may_give(
    membership: Membership, provider: Provider, amount_minor: int, *, lock: bool, besides: Given = NOTHING_ELSE
) -> None:
    """Refused, beside the amount, where the person may not give one customer so much (minor units) now.

    lock: for the giving itself, which demands a transaction; besides: as well; see `find_limit_of_a_day`.
    """
    over = can_give(membership.role, Asked(1, amount_minor, amount_minor), limits_of(provider))
    over = over or find_limit_of_a_day(membership, provider, amount_minor, lock=lock, besides=besides)
    refuse_over(over, membership, provider, "amount")


def refuse_over(limit: Limit | None, membership: Membership, provider: Provider, field: str | None = None) -> None:
    """Refused with the limit and who could do it, if there is one that is over."""
    if limit is not None:
        raise Refused(limit.code, limit.say(membership.role, lambda minor: money_of(provider, minor)), field)


def money_of(provider: Provider, minor: int) -> str:
    """Minor units as a person reads them, in the provider's currency."""
    return format_money(minor, provider.currency, provider.currency_digits)
