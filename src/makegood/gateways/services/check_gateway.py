"""Finding out whether a processor takes our keys."""

from makegood.gateways.interface import GatewayRefused, NoAnswer, TryLater
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.gateways.services.account import note_account
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

NOBODYS = "pi_makegood_asks_whether_you_are_there"


def check_gateway(*, membership: Membership, gateway: Gateway) -> None:
    """Asks the processor for something that it does not have, which it only says to whom it knows. No transaction.

    Which account it is, is written down where that was not known yet.

    Refused, in words, where it does not answer or does not take the key, and for a gateway that is disconnected.
    """
    require_right(membership, Right.SETTINGS, "check the payment gateway")
    name = gateway.get_kind_display()
    if not gateway.active:
        raise Refused("gateway_inactive", f"This connection with {name} is not in use.")
    try:
        open_gateway(gateway).find_charge(NOBODYS)
        note_account(gateway)
    except GatewayRefused as refused:
        raise Refused("gateway_refuses", refused.message) from None
    except TryLater:
        raise Refused("gateway_busy", f"{name} is busy. Try again in a minute.") from None
    except NoAnswer:
        raise Refused(
            "gateway_away", f"{name} does not answer. Try again in a moment, or look whether this machine reaches it."
        ) from None
