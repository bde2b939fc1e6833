"""The address that processors send events to. Nobody logs in there: the signature says who sent it."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from makegood.gateways.interface import ForgedEvent, GatewayError
from makegood.gateways.registry import open_gateway
from makegood.gateways.selectors import find_gateway_by_token
from makegood.gateways.services.events import receive_event

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024
"""Bytes; what processors send has a few thousand."""
SIGNATURE = "Stripe-Signature"
LONGEST_ID = 255


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Stores an event that bears the processor's signature, and has it handled.

    200 once it is stored, also when it was before; 400 for what is forged, old or unreadable, of which nothing is
    stored; 404 for an address of nobody; 413 for what is too long; 503 where the signature cannot be checked now: it is
    sent again.
    """
    gateway = find_gateway_by_token(token)
    if gateway is None:
        return _answer(404, "There is nothing at this address.")
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return _answer(413, "This is too long.")
    try:
        event = open_gateway(gateway).read_event(body, request.headers.get(SIGNATURE, ""))
    except ForgedEvent as forged:
        # Nothing of what was sent: it can be anybody's.
        log.warning("An event for gateway %s was turned away: %s", gateway.pk, forged)
        return _answer(400, "The signature is missing, wrong or old, or this is no event.")
    except GatewayError as error:
        log.error("An event for gateway %s cannot be checked: %s", gateway.pk, error)
        return _answer(503, "This cannot be checked now. Send it again later.")
    if not 0 < len(event.id) <= LONGEST_ID:
        return _answer(400, "The event has no id that can be kept.")
    receive_event(gateway=gateway, event=event)
    return _answer(200, "Received.")


def _answer(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
