"""When an event is tried again, and what of it is kept. Pure: no database, no clock."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from makegood.kit.account_numbers import find_number

MOST_ATTEMPTS = 24
"""After as many an event that the processor cannot be asked about waits for a person: most of a day."""
LEASE = timedelta(minutes=5)
"""How long an event is left to who took it, before somebody else does."""
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)
"""Between two looks at an event that waits for something else."""
LEFT_OUT = "(left out)"

_MINUTES = (1, 2, 5, 15, 60)
_SECRETS = ("secret", "password", "token", "authorization", "api_key", "number", "cvc")
_LONGEST_TEXT = 2_000
_DEEPEST = 12


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts in vain."""
    return timedelta(minutes=_MINUTES[min(attempts, len(_MINUTES)) - 1])


def wait_for_other(waited: timedelta) -> timedelta:
    """How long to wait on for something else that is under way, after having waited so long: as long again."""
    return min(max(waited, SHORTEST_WAIT), LONGEST_WAIT)


def clean_payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what a processor sent: no secret and no number of a card or a bank account, no endless text,
    nothing nested without end."""
    return {_clean_text(str(name)): _clean(str(name), value, 1) for name, value in payload.items()}


def _clean(name: str, value: Any, depth: int) -> Any:
    if _is_secret(name) and value is not None:
        return LEFT_OUT
    if depth > _DEEPEST and isinstance(value, (Mapping, list)):
        return LEFT_OUT
    if isinstance(value, Mapping):
        return {_clean_text(str(key)): _clean(str(key), each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(name, each, depth + 1) for each in value]
    if isinstance(value, str):
        return _clean_text(value)
    return LEFT_OUT if _is_card_number(value) else value


def _is_secret(name: str) -> bool:
    words = name.lower()
    return words in _SECRETS or words.endswith(("_secret", "_password", "_token", "_key"))


def _is_card_number(value: Any) -> bool:
    """Also where a number is written as one."""
    if isinstance(value, float):
        return find_number(f"{value:.0f}") is not None
    return isinstance(value, int) and find_number(str(value)) is not None


def _clean_text(text: str) -> str:
    # PostgreSQL keeps no NUL in a text, and no half of a character.
    text = text.replace("\x00", "").encode(errors="ignore").decode()
    return LEFT_OUT if find_number(text) else text[:_LONGEST_TEXT]
