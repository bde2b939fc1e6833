"""Which account at the processor a gateway's keys are of: all that it knows of customers is known to that one alone."""

from makegood.gateways.interface import GatewayClient, GatewayError, GatewayRefused
from makegood.gateways.models import Gateway, GatewayCustomer
from makegood.gateways.registry import open_gateway
from makegood.kit.refusal import Refused


def note_account(gateway: Gateway) -> None:
    """Writes down which account it is, where that is not known yet. Asks the processor; one statement of its own.

    Raises GatewayError where it does not answer.
    """
    if gateway.account:
        return
    gateway.account = open_gateway(gateway).find_account()
    Gateway.objects.filter(pk=gateway.pk, account="").update(account=gateway.account)


def find_account_of_new(gateway: Gateway) -> str:
    """The account of a gateway that is not stored yet; empty where the processor does not answer, or does not say it.

    Refused, beside the field, where it does not take the secret key.
    """
    try:
        return open_gateway(gateway).find_account()
    except GatewayRefused as refused:
        if refused.code == "key_refused":
            raise Refused("key_refused", refused.message, "secret_key") from None
        return ""
    except GatewayError:
        return ""


def require_same_account(gateway: Gateway, fresh: Gateway) -> str:
    """The account that the fresh keys are of, which has to be the gateway's own. Asks the processor, several times.

    fresh: the gateway with the new keys, not stored. Where one of them may not ask for its account, the account is
    known by a customer. Refused, beside the field, for another account and for a key that the processor does not take,
    and while it does not answer.
    """
    client = open_gateway(fresh)
    try:
        said = client.find_account()
        known = gateway.account or _find_quietly(gateway)
        is_same = said == known if said and known else _has_its_customers(gateway, client)
    except GatewayRefused as refused:
        raise Refused("key_refused", refused.message, "secret_key") from None
    except GatewayError:
        raise _unknown(gateway) from None
    if not is_same:
        raise Refused(
            "key_other_account",
            f"This key is of another account at {gateway.get_kind_display()}. The payments and payment methods of "
            "customers are known to the present one only. To change to another account, disconnect this gateway and "
            "connect that one as a new gateway.",
            "secret_key",
        )
    return said or known


def _find_quietly(gateway: Gateway) -> str:
    """By the present keys, which may have been revoked."""
    try:
        return open_gateway(gateway).find_account()
    except GatewayError:
        return ""


def _has_its_customers(gateway: Gateway, client: GatewayClient) -> bool:
    """Whether the newest customer of the gateway is known to whom the client asks; so, too, if it has none."""
    newest = GatewayCustomer.objects.filter(gateway=gateway).order_by("-pk").first()
    return newest is None or client.has_customer(newest.reference)


def _unknown(gateway: Gateway) -> Refused:
    name = gateway.get_kind_display()
    return Refused(
        "gateway_away",
        f"{name} does not answer, so that nobody can tell whether the key is of the same account. "
        "Try again in a moment.",
    )
