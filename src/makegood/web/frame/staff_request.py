"""What a page knows about its request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from makegood.providers.models import Membership


class StaffRequest(HttpRequest):
    """The type of a request of a person who acts for a provider; `ActingMembership` has seen to it.

    membership: with its provider; the person's role there.
    memberships: all that the person can choose from, by the providers' names.
    """

    htmx: HtmxDetails
    membership: Membership
    memberships: list[Membership]
