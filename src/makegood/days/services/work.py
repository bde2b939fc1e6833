"""A day under work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from makegood.days.locks import Hold
from makegood.days.models import ProviderDay
from makegood.days.services.progress import note_chunk
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked, work_through


class LetGo(Exception):
    """The process was asked to end; the rest of the step is left to whoever takes the day next."""


@dataclass(frozen=True)
class Work:
    """A day, and who works it. asked_to_let_go: asked between chunks."""

    provider: Provider
    day: ProviderDay
    hold: Hold
    asked_to_let_go: Callable[[], bool]

    @property
    def on(self) -> date:
        """Which day of the provider it is."""
        return self.day.day

    def note(self, name: str, customers: int, amount_minor: int = 0) -> None:
        """Adds to what the day has done under this name."""
        note_chunk(self.day, name, Chunked(customers, None, amount_minor))

    def through(self, name: str | None, chunk: Callable[[int], Chunked]) -> None:
        """Works chunk after chunk and notes what each did under the name, if any. Raises LetGo, DaysLost."""

        def noted(after: int) -> Chunked:
            done = chunk(after)
            if name is not None:
                self.note(name, done.customers, done.amount_minor)
            return done

        if work_through(noted, should_let_go=self.should_let_go).upto is not None:
            raise LetGo

    def should_let_go(self) -> bool:
        """Whether the process was asked to end. Raises DaysLost if somebody else may be at work on the days."""
        self.hold.require()
        return self.asked_to_let_go()
