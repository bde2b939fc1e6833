"""Working through a provider's days: each once, in their order, by one process at a time."""

import logging
from collections.abc import Callable
from datetime import date

from django.db import DatabaseError, InterfaceError

from makegood.days.locks import DaysLost, Hold, hold_days
from makegood.days.models import ProviderDay
from makegood.days.services.progress import note_failure, note_step_done, take_next_day
from makegood.days.services.steps import carry_out_step
from makegood.days.services.work import LetGo, Work
from makegood.kit.database_errors import is_database_away
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

log = logging.getLogger(__name__)

OnDay = Callable[[ProviderDay], None]


def work_days(
    *,
    provider: Provider,
    until: date | None = None,
    should_let_go: Callable[[], bool] = lambda: False,
    on_day: OnDay = lambda day: None,
) -> bool:
    """Works the provider's days, from the step where they stand, up to today. Opens transactions.

    until: an earlier last day. on_day: told of each day that was worked, also of one that was not finished.
    Returns False if nothing was done because somebody else works them at this moment. A step that fails ends the work;
    it is kept with the day, and who comes next begins with it.
    """
    with hold_days(provider.pk) as hold:
        if hold is None:
            return False
        _work(provider, hold, until, should_let_go, on_day)
    return True


def _work(provider: Provider, hold: Hold, until: date | None, should_let_go: Callable[[], bool], on_day: OnDay) -> None:
    while not should_let_go() and (day := take_next_day(provider, until)) is not None:
        work = Work(provider, day, hold, should_let_go)
        while not day.is_finished:
            if not _do_step(work):
                on_day(day)
                return
        on_day(day)


def _do_step(work: Work) -> bool:
    """Does the next step; False if the day does not go on now."""
    try:
        work.hold.require()
        carry_out_step(work)
        note_step_done(work.day)
    except (LetGo, DaysLost):
        return False
    except Exception as error:
        if is_database_away(error):
            log.warning("The day of provider %s waits for the database: %s", work.provider.pk, error)
            return False
        known = isinstance(error, Refused)
        log.warning("Step %s of %s: %s", work.day.step, work.on, error, exc_info=None if known else error)
        _keep(work.day, error)
        return False
    return not work.asked_to_let_go() or work.day.is_finished


def _keep(day: ProviderDay, error: Exception) -> None:
    try:
        note_failure(day, error)
    except (DatabaseError, InterfaceError) as problem:
        log.warning("What failed could not be kept: %s", problem)
