"""A record that the provider does not have is a page that does not exist, whoever else has it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.http import Http404

from makegood.kit.refusal import Refused

P = ParamSpec("P")
Found = TypeVar("Found")


def or_404(get: Callable[P, Found], *arguments: P.args, **named: P.kwargs) -> Found:
    """What a selector gets; 404 where it refuses because there is no such record."""
    try:
        return get(*arguments, **named)
    except Refused as refused:
        if refused.code.endswith("_unknown"):
            raise Http404(refused.message) from None
        raise
