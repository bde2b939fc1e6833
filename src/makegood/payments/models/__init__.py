"""The tables of payments, by what they are about."""

from makegood.payments.models.collection import Collection, CollectionSettings, PaymentClaim
from makegood.payments.models.difference import ClearingDifference
from makegood.payments.models.method import PaymentMethod
from makegood.payments.models.movement import Dispute, PaymentMovement
from makegood.payments.models.payment import Payment, PaymentAllocation
from makegood.payments.models.refund import Refund, RefundTransfer

__all__ = [
    "ClearingDifference",
    "Collection",
    "CollectionSettings",
    "Dispute",
    "Payment",
    "PaymentAllocation",
    "PaymentClaim",
    "PaymentMethod",
    "PaymentMovement",
    "Refund",
    "RefundTransfer",
]
