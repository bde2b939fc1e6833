"""What Stripe's errors mean: whether it was done, was not done, or nobody knows."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import stripe

from makegood.gateways.interface import GatewayError, GatewayRefused, NoAnswer, TryLater

logger = logging.getLogger(__name__)

KEY_IN_USE = 409
NOT_FOUND = 404


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turns each error of the library into one of the interface; what it says of keys is left out."""
    try:
        yield
    except stripe.StripeError as error:
        # Not chained: the library's error holds the whole answer.
        raise translate(error) from None


def translate(error: stripe.StripeError) -> GatewayError:
    """The error in the words of the interface.

    Refused is only what Stripe has certainly not done. What it could have done is NoAnswer.
    """
    if isinstance(error, stripe.RateLimitError):
        return TryLater("Stripe is busy and asks to wait.", _read_wait(error.headers))
    if error.http_status == KEY_IN_USE:
        return TryLater("Stripe is still at work on the same request.", _read_wait(error.headers), under_way=True)
    if isinstance(error, stripe.AuthenticationError):
        return GatewayRefused("key_refused", "Stripe does not take the secret key.")
    if isinstance(error, stripe.PermissionError):
        return GatewayRefused("not_permitted", "The secret key does not allow this at Stripe.")
    if isinstance(error, stripe.IdempotencyError):
        return GatewayRefused("idempotency_error", "The same key was used at Stripe for something else.")
    if isinstance(error, stripe.InvalidRequestError):
        code = error.code or ("resource_missing" if error.http_status == NOT_FOUND else "invalid_request")
        return GatewayRefused(code, read_words(error))
    if isinstance(error, stripe.CardError):
        return GatewayRefused(read_code(error), read_words(error))
    # Broken connections, answers that cannot be read, errors inside: it may have been done all the same.
    logger.warning(
        "Stripe gave no answer that can be used (%s, status %s, request %s).",
        type(error).__name__,
        error.http_status,
        error.request_id,
    )
    return NoAnswer("Stripe gave no answer that can be used.")


def is_missing(error: GatewayRefused) -> bool:
    """Whether Stripe does not have what was asked for."""
    return error.code == "resource_missing"


def read_code(error: stripe.StripeError) -> str:
    """The most exact word for why: what the bank says, else what Stripe says."""
    declined = getattr(error.error, "decline_code", None) if error.error else None
    return str(declined or error.code or "card_declined")


def read_words(error: stripe.StripeError) -> str:
    """What Stripe says in words, on one line."""
    return " ".join((error.user_message or "Stripe does not take the request.").split())


def _read_wait(headers: Mapping[str, str] | None) -> float | None:
    wait = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    try:
        return max(0.0, float(wait))
    except ValueError:
        return None
