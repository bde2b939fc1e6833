"""Stripe's objects as it really sends them, for what localstripe cannot: disputes, ACH, refunds that fail later.

Taken from Stripe's documentation of its objects; only what is read, and what is often mistaken, stands there.
"""

import json
import secrets
import time
from datetime import datetime
from typing import Any

import stripe

Json = dict[str, Any]


def ach_method(reference: str, customer: str | None = None, *, last4: str = "6789") -> Json:
    return {
        "id": reference,
        "object": "payment_method",
        "type": "us_bank_account",
        "billing_details": {"name": "Ada Chen", "email": "ada@example.org"},
        "customer": customer,
        "livemode": False,
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "fingerprint": "ickfX9sbxIyAlbuh",
            "last4": last4,
            "routing_number": "110000000",
            "status_details": {},
        },
    }


def intent(
    reference: str,
    status: str,
    amount: int,
    *,
    key: str = "",
    customer: str = "cus_1",
    currency: str = "usd",
    **more: Any,
) -> Json:
    """A payment intent. more: such as ``last_payment_error={"code": …, "decline_code": …, "message": …}``."""
    return {
        "id": reference,
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount if status == "succeeded" else 0,
        "client_secret": f"{reference}_secret_notforus",
        "created": int(time.time()),
        "currency": currency,
        "customer": customer,
        "last_payment_error": None,
        "latest_charge": f"ch_{reference.removeprefix('pi_')}",
        "livemode": False,
        "metadata": {"makegood_key": key} if key else {},
        "status": status,
        **more,
    }


def refund(
    reference: str, charge: str, status: str, amount: int, *, key: str = "", currency: str = "usd", **more: Any
) -> Json:
    """A refund of a payment intent. more: such as ``failure_reason="lost_or_stolen_card"``."""
    return {
        "id": reference,
        "object": "refund",
        "amount": amount,
        "charge": f"ch_{charge.removeprefix('pi_')}",
        "created": int(time.time()),
        "currency": currency,
        "metadata": {"makegood_key": key} if key else {},
        "payment_intent": charge,
        "status": status,
        **more,
    }


def dispute(
    reference: str, charge: str, status: str, amount: int, *, reason: str = "fraudulent", due_by: int | None = None
) -> Json:
    """A dispute of a payment intent: ``needs_response``, ``won``, ``lost``, ``warning_needs_response`` …"""
    return {
        "id": reference,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": f"ch_{charge.removeprefix('pi_')}",
        "created": int(time.time()),
        "currency": "usd",
        "evidence_details": {"due_by": due_by, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge,
        "reason": reason,
        "status": status,
    }


def balance_transaction(reference: str, type: str, amount: int, source: Json | str, **more: Any) -> Json:
    """What moved the balance. more: ``fee``, ``created``, ``currency``."""
    return {
        "id": reference,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": int(time.time()),
        "created": int(time.time()),
        "currency": "usd",
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": type,
        "source": source,
        "status": "available",
        "type": type,
        **more,
    }


def event(type: str, thing: Json, *, id: str = "", created: int | None = None) -> Json:
    """An event about the object, such as ``charge.dispute.created`` about a dispute."""
    return {
        "id": id or f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "api_version": "2025-09-30.clover",
        "created": int(time.time()) if created is None else created,
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type,
    }


def sign(payload: Json, secret: str, at: datetime | None = None) -> tuple[bytes, str]:
    """The message as Stripe sends it, and its signature of that moment, or of the present one."""
    body = json.dumps(payload, indent=2)
    timestamp = int(at.timestamp() if at else time.time())
    return body.encode(), stripe.WebhookSignature.generate_signature_header(body, secret, timestamp)
