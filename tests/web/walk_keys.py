"""What is known of a world of the walk: its people, and the key of one record of each kind."""

from dataclasses import dataclass, field, replace
from typing import Any

from makegood.providers.models import Membership, Provider


@dataclass(frozen=True)
class World:
    """A provider, a person for each role, and the key of one record of each kind.

    mark: every name begins with it. tail: every name ends with it. own: of what belongs to one person, by role.
    """

    provider: Provider
    mark: str
    tail: str
    people: dict[str, Membership]
    keys: dict[str, Any] = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)

    def seen_by(self, role: str) -> "World":
        """The same world; what belongs to one person is this person's."""
        return replace(self, keys=self.keys | {kind: keys[role] for kind, keys in self.own.items()})

    def name(self, thing: str) -> str:
        return f"{self.mark} {thing}{self.tail}"
