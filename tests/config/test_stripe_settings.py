"""Where Stripe is asked."""

import pytest

from makegood.config import environment
from makegood.kit.refusal import Refused


def test_it_is_stripe_itself_unless_something_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKEGOOD_STRIPE_API", raising=False)
    assert environment.stripe_api() == "https://api.stripe.com"


@pytest.mark.parametrize(
    "address", ["https://stripe.example:8443/", "http://127.0.0.1:8420", "http://localhost:8420/", "http://[::1]:8420"]
)
def test_another_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("MAKEGOOD_STRIPE_API", address)
    assert environment.stripe_api() == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "stripe.example",
        "http://stripe.example",
        "ftp://127.0.0.1",
        "https://",
        "https://a.example/v1",
        "https://k@a.example",
    ],
)
def test_an_address_that_keys_are_not_sent_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("MAKEGOOD_STRIPE_API", address)
    with pytest.raises(Refused) as refused:
        environment.stripe_api()
    assert "MAKEGOOD_STRIPE_API" in refused.value.message
