"""GL codes that have to stay as they are: each domain that needs some registers a function that knows them."""

from collections.abc import Callable

from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode

FindNeed = Callable[[GLCode], str | None]
"""From an active GL code to the sentence that says what needs it to stay as it is, and where to change that."""

_finders: list[FindNeed] = []


def register_need(find: FindNeed) -> None:
    """Adds a function that knows who needs a GL code; called when the application starts."""
    if find not in _finders:
        _finders.append(find)


def require_not_needed(gl_code: GLCode, field: str) -> None:
    """Refused, beside the field and saying what needs it, for an active GL code that has to stay as it is."""
    if not gl_code.active:
        return
    for find in _finders:
        if sentence := find(gl_code):
            raise Refused("gl_code_needed", sentence, field)
