"""A refund or pay-out with what a table says of it."""

from dataclasses import dataclass

from makegood.payments.models import Refund
from makegood.payments.refund_words import has_bounced, name_ways, say_what_followed


@dataclass(frozen=True)
class ToldRefund:
    """What is said of a refund with its parts."""

    refund: Refund
    ways: list[str]
    followed: str
    bounced: bool

    @classmethod
    def of(cls, refund: Refund) -> "ToldRefund":
        return cls(refund, name_ways(refund), say_what_followed(refund), has_bounced(refund))
