"""Reading what commands answered, and names for what fixtures give."""

import json
from collections.abc import Callable
from typing import Any, Protocol

Verified = Callable[[], None]
"""The fixture ``assert_verified``: checks everything that must hold in the database."""


class SaidSomething(Protocol):
    """An answer of a command, whether it ran in this process or as one of its own."""

    @property
    def returncode(self) -> int: ...
    @property
    def stdout(self) -> str: ...
    @property
    def stderr(self) -> str: ...


CommandLine = Callable[..., SaidSomething]
"""The fixtures ``makegood_cli`` and ``run_makegood``."""


def read_json(answer: SaidSomething) -> Any:
    """The one JSON value that the command printed."""
    return json.loads(answer.stdout)


def refusal_code(answer: SaidSomething) -> str:
    """The code of the refusal that the command, called with ``--json``, answered with."""
    assert answer.returncode == 2, answer
    code = read_json(answer)["error"]["code"]
    assert isinstance(code, str)
    return code
