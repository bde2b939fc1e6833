"""Reads of gateways."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.gateways.models import Gateway, GatewayEvent, SandboxCharge, SandboxRefund
from makegood.gateways.rules import EventState
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

BALANCE_EVERY = timedelta(hours=20)
"""How old the last look at a processor's balance is when it is looked at again."""
FOLLOWED_FOR = timedelta(days=180)
"""How long a gateway that was disconnected is: longer than owners of cards can dispute a charge."""


def find_active_gateway(provider: Provider) -> Gateway | None:
    """The processor that the provider's new payments go to; None while none is connected."""
    return Gateway.objects.filter(provider=provider, active=True).first()


def get_active_gateway(provider: Provider) -> Gateway:
    """The same; Refused while none is connected."""
    gateway = find_active_gateway(provider)
    if gateway is None:
        raise Refused(
            "no_gateway",
            f"{provider.name} has no payment gateway. "
            "An admin can connect one under Settings > Billing > Payment gateway.",
        )
    return gateway


def get_gateway(provider: Provider, pk: int) -> Gateway:
    """The provider's gateway of that number, active or not; Refused if there is none."""
    gateway = Gateway.objects.filter(provider=provider, pk=pk).first()
    if gateway is None:
        raise Refused("gateway_unknown", f"{provider.name} has no such payment gateway.", "gateway")
    return gateway


def list_gateways(provider: Provider) -> QuerySet[Gateway]:
    """All that were ever connected, the active one first, then the newest."""
    return Gateway.objects.filter(provider=provider).order_by("-active", "-id")


def find_gateway_by_token(token: str) -> Gateway | None:
    """Whose webhooks come to that address, active or not; None if there is no such address."""
    return Gateway.objects.select_related("provider").filter(token=token).first()


def find_gateways_to_handle() -> list[int]:
    """Ids of the gateways, of all providers, with events that are due, sent or in the sandbox."""
    due = {"next_try_at__lte": now()}
    sent = GatewayEvent.objects.filter(gateway=OuterRef("pk"), state=EventState.RECEIVED, **due)
    coming = {"gateway": OuterRef("pk"), "next_event_at__lte": now()}
    charged, refunded = SandboxCharge.objects.filter(**coming), SandboxRefund.objects.filter(**coming)
    found = Gateway.objects.filter(Exists(sent) | Exists(charged) | Exists(refunded))
    return list(found.order_by("pk").values_list("pk", flat=True))


def list_gateways_to_reconcile() -> QuerySet[Gateway]:
    """The gateways, of all providers, whose balance was not looked at for most of a day; not those left long ago."""
    followed = Q(active=True) | Q(changed_at__gt=now() - FOLLOWED_FOR)
    late = Q(balance_until=None) | Q(balance_until__lt=now() - BALANCE_EVERY)
    return Gateway.objects.select_related("provider").filter(followed, late).order_by("pk")


def get_event(provider: Provider, pk: int) -> GatewayEvent:
    """What a processor sent, by its number here, with its gateway; Refused if the provider has no such event."""
    event = GatewayEvent.objects.select_related("gateway").filter(provider=provider, pk=pk).first()
    if event is None:
        raise Refused("event_unknown", f"There is no event {pk}.", "event")
    return event
