"""Which right a page needs. Nothing is hidden without being refused too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.web.frame.staff_request import StaffRequest

Page = Callable[..., HttpResponseBase]


def needs_right(right: Right, what: str, *, billing: bool = False) -> Callable[[Page], Page]:
    """Answers 403, with who could do it, to a person whose role does not allow it.

    what: what the page is for, as in *may not ...*: ``add customers``.
    billing: the page is about credits, and refused while End Customer Billing is off.
    """

    def decorate(page: Page) -> Page:
        @wraps(page)
        def guarded(request: StaffRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            try:
                require_right(request.membership, right, what)
                if billing:
                    require_billing(request.membership.provider)
            except Refused as refused:
                raise PermissionDenied(refused.message) from None
            return page(request, *arguments, **named)

        guarded.needs_right = right  # type: ignore[attr-defined]  # a mark, for the test that walks all pages
        guarded.needs_billing = billing  # type: ignore[attr-defined]  # likewise
        return guarded

    return decorate
