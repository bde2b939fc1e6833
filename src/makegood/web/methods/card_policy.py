"""What the page with the processor's own form may load besides ours, and no other page.

The processor's script and frames come from the processor alone. What is typed in them goes there, never here.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse

from makegood.kit.content_security import POLICY

STRIPE = "https://api.stripe.com"
OF_STRIPE = (
    "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
    "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    "connect-src 'self' https://api.stripe.com",
)


def script_address() -> str:
    """Where the processor's script is; that of a stand-in for tests, where one is named instead of Stripe."""
    address = _api_address()
    return "https://js.stripe.com/v3/" if address == STRIPE else f"{address}/js.stripe.com/v3/"


def let_form_in(answer: HttpResponse) -> HttpResponse:
    """The answer with its own policy: ours, and what the processor's form needs."""
    answer.headers["Content-Security-Policy"] = "; ".join((POLICY, *_additions()))
    return answer


def _api_address() -> str:
    return str(settings.MAKEGOOD_STRIPE_API).rstrip("/")


def _additions() -> tuple[str, ...]:
    address = _api_address()
    if address == STRIPE:
        return OF_STRIPE
    parts = urlsplit(address)
    other = f"{parts.scheme}://{parts.netloc}"
    return (f"script-src 'self' {other}", f"connect-src 'self' {other}")
