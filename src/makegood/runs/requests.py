"""What decides whether two requests for runs are the same, in words and values."""

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.kit.filters import FilterValues


def describe_request(
    *,
    kind: str,
    list_name: str,
    unit: str,
    chosen: FilterValues | Sequence[str],
    exceptions: Sequence[int] = (),
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """A request over a selection: the selection and the values in the requester's own words.

    exceptions: the records that are left out of all that match.
    """
    return {
        "kind": kind,
        "list": list_name,
        "chosen": dict(chosen) if isinstance(chosen, Mapping) else sorted(chosen),
        "except": list(exceptions),
        "unit": unit,
        **asked,
    }
