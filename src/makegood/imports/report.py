"""What an import answers."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_REPORTED = 1_000
"""Bad rows are all counted; of so many the report says what is wrong."""


@dataclass(frozen=True, order=True)
class BadRow:
    """One thing that is wrong. line: where the row begins in the file, from 1; column: the file's, or ``""``."""

    line: int
    column: str
    value: str
    reason: str


@dataclass
class Counts:
    """Records by what the import does to them."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass
class ImportReport:
    """What an import did, or found.

    rows: data rows of the file; bad_rows: those with something wrong, of which `bad` tells the first ones.
    written: whether anything was kept.
    """

    dry_run: bool
    rows: int = 0
    bad_rows: int = 0
    written: bool = False
    customers: Counts = field(default_factory=Counts)
    orders: Counts = field(default_factory=Counts)
    bad: list[BadRow] = field(default_factory=list)

    def add_bad(self, bad: Iterable[BadRow]) -> None:
        """Keeps what is wrong, as far as it is still reported; the counting is the caller's."""
        room = MOST_REPORTED - len(self.bad)
        if room > 0:
            self.bad += list(bad)[:room]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; the list of bad rows is in the order of the file."""
        return asdict(self)
