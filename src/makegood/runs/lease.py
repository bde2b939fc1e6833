"""Who works a run: one at a time, by a lease that each chunk renews in its own transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from makegood.kit.clock import now
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.runs.rules import AT_WORK, State


class LeaseLost(Exception):
    """Somebody else works the run now, or nobody may; whatever was being done for it is rolled back."""


@dataclass(frozen=True)
class Lease:
    """The right to work one run, as long as it is renewed."""

    run_id: int
    token: UUID

    def provider(self) -> Provider:
        """The provider of the run, for what is held before the run is. Raises LeaseLost if the run is not ours."""
        run = Run.objects.select_related("provider").filter(pk=self.run_id, lease_token=self.token).first()
        if run is None:
            raise LeaseLost
        return run.provider

    def lock_run(self) -> Run:
        """The run, locked until the transaction ends, so that no two chunks of it are booked at once.

        Raises LeaseLost if the run is not ours any more.
        """
        run = (
            Run.objects.select_for_update(no_key=True, of=("self",))
            .select_related("provider")
            .filter(pk=self.run_id, lease_token=self.token, state__in=AT_WORK)
            .first()
        )
        if run is None:
            raise LeaseLost
        return run

    def renew(self) -> None:
        """Holds the run for another while. One statement. Raises LeaseLost."""
        if not self._mine().update(lease_until=end_of_lease()):
            raise LeaseLost

    def give_back(self) -> None:
        """Lets the run go, so that somebody else can go on with it at once. One statement."""
        self._mine().update(lease_token=None, lease_until=None)

    def _mine(self) -> QuerySet[Run]:
        return Run.objects.filter(pk=self.run_id, lease_token=self.token)


def end_of_lease() -> datetime:
    """Until when a lease that is taken or renewed now is good."""
    return now() + timedelta(seconds=settings.MAKEGOOD_LEASE_SECONDS)


def without_live_lease() -> Q:
    """The condition on runs that nobody works at this moment."""
    return Q(lease_until=None) | Q(lease_until__lt=now())


def take_lease(run_id: int) -> Lease | None:
    """Takes a run that is at work and that nobody holds; None if there is nothing to take. One statement."""
    token = uuid4()
    taken = Run.objects.filter(without_live_lease(), pk=run_id, state__in=AT_WORK).update(
        lease_token=token,
        lease_until=end_of_lease(),
        started_at=Coalesce("started_at", Value(now())),
        state=Case(When(state=State.QUEUED, then=Value(State.RUNNING)), default=F("state")),
    )
    return Lease(run_id, token) if taken else None
