"""Stripe as a gateway: payment intents that are confirmed at once, without the customer being there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import stripe

from makegood.gateways.failures import say_failure
from makegood.gateways.interface import (
    BalanceMovement,
    Charge,
    ChargeOrder,
    Dispute,
    Event,
    GatewayRefused,
    Method,
    Refund,
    RefundOrder,
    Setup,
)
from makegood.gateways.models import Gateway
from makegood.gateways.rules import MethodKind, Standing
from makegood.gateways.stripe import reading, webhooks
from makegood.gateways.stripe.amounts import to_stripe
from makegood.gateways.stripe.balance import read_movement
from makegood.gateways.stripe.connection import connect, open_secret
from makegood.gateways.stripe.errors import in_our_words, is_missing, read_code, read_words
from makegood.gateways.stripe.reading import KEY, TYPES

PAGE = 100
CLOCKS_DIFFER = timedelta(hours=1)
"""How far Stripe's clock and ours may be apart, for what is looked for by time."""

_DEBITS = {"USD": MethodKind.ACH, "EUR": MethodKind.SEPA}
"""The debit that Stripe offers in a currency."""


class StripeGateway:
    """One provider's account with Stripe. A charge is known by its payment intent."""

    def __init__(self, gateway: Gateway) -> None:
        self._secret_key, self._webhook_secret = gateway.secret_key, gateway.webhook_secret
        self._currency, self._digits = gateway.provider.currency, gateway.provider.currency_digits

    @property
    def _stripe(self) -> stripe.V1Services:
        return connect(self._secret_key).v1

    def charge(self, order: ChargeOrder) -> Charge:
        params: Any = {
            "amount": to_stripe(order.amount_minor, order.currency, order.currency_digits),
            "currency": order.currency.lower(),
            "customer": order.customer,
            "payment_method": order.method,
            "payment_method_types": [TYPES[order.method_kind]],
            "confirm": True,
            "off_session": True,
            "metadata": {KEY: order.key},
        }
        if order.method_kind == MethodKind.CARD:
            # Nobody is there to confirm it: it is declined instead of left hanging.
            params["error_on_requires_action"] = True
        if order.describes:
            params["description"] = order.describes
        with in_our_words():
            try:
                intent = self._stripe.payment_intents.create(params, {"idempotency_key": order.key})
            except stripe.CardError as error:
                return self._tell_declined(order, error)
        return reading.read_charge(intent, self._digits)

    def _tell_declined(self, order: ChargeOrder, error: stripe.CardError) -> Charge:
        intent = getattr(error.error, "payment_intent", None) if error.error else None
        code = read_code(error)
        words = say_failure(code, read_words(error))
        return Charge(reading.id_of(intent), order.key, Standing.FAILED, order.amount_minor, code, words)

    def find_charge(self, reference: str) -> Charge | None:
        intent = _or_none(lambda: self._stripe.payment_intents.retrieve(reference))
        return reading.read_charge(intent, self._digits) if intent else None

    def find_charge_by_key(self, customer: str, key: str, since: datetime) -> Charge | None:
        created = int((since - CLOCKS_DIFFER).timestamp())
        with in_our_words():
            made = self._stripe.payment_intents.list({"customer": customer, "created": {"gte": created}, "limit": PAGE})
            found = next((intent for intent in made.auto_paging_iter() if reading.read_key(intent) == key), None)
        return reading.read_charge(found, self._digits) if found else None

    def refund(self, order: RefundOrder) -> Refund:
        params: Any = {
            "payment_intent": order.charge,
            "amount": to_stripe(order.amount_minor, order.currency, order.currency_digits),
            "metadata": {KEY: order.key},
        }
        with in_our_words():
            refund = self._stripe.refunds.create(params, {"idempotency_key": order.key})
        return reading.read_refund(refund, self._digits)

    def find_refund(self, reference: str) -> Refund | None:
        refund = _or_none(lambda: self._stripe.refunds.retrieve(reference))
        return reading.read_refund(refund, self._digits) if refund else None

    def find_refund_by_key(self, charge: str, key: str) -> Refund | None:
        with in_our_words():
            made = self._stripe.refunds.list({"payment_intent": charge, "limit": PAGE})
            found = next((refund for refund in made.auto_paging_iter() if reading.read_key(refund) == key), None)
        return reading.read_refund(found, self._digits) if found else None

    def find_dispute(self, reference: str) -> Dispute | None:
        dispute = _or_none(lambda: self._stripe.disputes.retrieve(reference))
        return reading.read_dispute(dispute, self._digits) if dispute else None

    def find_account(self) -> str:
        try:
            with in_our_words():
                return self._stripe.accounts.retrieve_current().id
        except GatewayRefused as refused:
            # A restricted key that may charge need not be allowed to read the account.
            if refused.code in ("not_permitted", "resource_missing"):
                return ""
            raise

    def has_customer(self, reference: str) -> bool:
        return _or_none(lambda: self._stripe.customers.retrieve(reference)) is not None

    def make_customer(self, key: str, number: str, name: str, email: str) -> str:
        params: Any = {"name": name, "metadata": {"makegood_customer": number}}
        if email:
            params["email"] = email
        with in_our_words():
            return self._stripe.customers.create(params, {"idempotency_key": key}).id

    def read_method(self, reference: str) -> Method:
        with in_our_words():
            method = self._stripe.payment_methods.retrieve(reference)
        return reading.read_method(method)

    def attach_method(self, reference: str, customer: str) -> Method:
        present = self.read_method(reference)
        if present.customer == customer:
            return present
        with in_our_words():
            # By the reference that was read: a test method of Stripe's becomes one with a name of its own by that.
            method = self._stripe.payment_methods.attach(present.reference, {"customer": customer})
        return reading.read_method(method)

    def detach_method(self, reference: str) -> None:
        try:
            with in_our_words():
                self._stripe.payment_methods.detach(reference)
        except GatewayRefused as refused:
            if not is_missing(refused) and self.read_method(reference).customer:
                raise

    def start_setup(self, customer: str) -> Setup:
        kinds = [MethodKind.CARD] + [_DEBITS[self._currency]] * (self._currency in _DEBITS)
        try:
            return self._start_setup(customer, kinds)
        except GatewayRefused as refused:
            # Who has not switched debits on at Stripe still takes cards.
            if len(kinds) == 1 or is_missing(refused):
                raise
            return self._start_setup(customer, kinds[:1])

    def _start_setup(self, customer: str, kinds: list[MethodKind]) -> Setup:
        params: Any = {"customer": customer, "usage": "off_session"}
        params["payment_method_types"] = [TYPES[kind] for kind in kinds]
        with in_our_words():
            setup = self._stripe.setup_intents.create(params)
        return Setup(setup.id, setup.client_secret or "")

    def finish_setup(self, reference: str) -> Method:
        with in_our_words():
            setup = self._stripe.setup_intents.retrieve(reference)
        if setup.status != "succeeded" or not setup.payment_method:
            raise GatewayRefused("setup_not_finished", "No payment method was entered, or the bank did not confirm it.")
        return self.read_method(reading.id_of(setup.payment_method))

    def list_balance(self, since: datetime, until: datetime) -> Iterator[BalanceMovement]:
        created: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        with in_our_words():
            page = self._stripe.balance_transactions.list(
                {"created": created, "limit": PAGE, "expand": ["data.source"]}
            )
            moved = [read_movement(each, self._currency, self._digits) for each in page.auto_paging_iter()]
        # Stripe gives the newest first.
        return iter([movement for movement in reversed(moved) if movement is not None])

    def read_event(self, body: bytes, signature: str) -> Event:
        return webhooks.read_event(body, signature, open_secret(self._webhook_secret) if self._webhook_secret else "")


def _or_none(ask: Any) -> Any:
    """What Stripe answers, or None if it does not have it."""
    try:
        with in_our_words():
            return ask()
    except GatewayRefused as refused:
        if is_missing(refused):
            return None
        raise
