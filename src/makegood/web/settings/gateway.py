"""Page of Settings > Billing > Payment gateway. A secret is typed once and never shown again."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.credits.limits import money_of
from makegood.gateways.models import Gateway
from makegood.gateways.rules import GatewayKind
from makegood.gateways.sandbox.outcomes import OUTCOMES
from makegood.gateways.selectors import get_gateway, list_gateways
from makegood.gateways.services.check_gateway import check_gateway
from makegood.gateways.services.gateways import (
    change_keys,
    change_webhook_secret,
    connect_sandbox,
    connect_stripe,
    disconnect_gateway,
    reconnect_gateway,
    require_key,
)
from makegood.kit.refusal import Refused
from makegood.payments.selectors_gateway import count_what_hangs_on
from makegood.payments.steps import say_steps
from makegood.providers.models import Provider
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, back_with, work_form
from makegood.web.settings.webhook_address import address_of, find_why_unreachable

change_gateway = needs_right(Right.SETTINGS, "change the payment gateway")
hides_keys = sensitive_post_parameters("secret_key", "webhook_secret")

EVENTS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "payment_method.detached",
    "payment_method.automatically_updated",
)
"""What the endpoint at Stripe has to send; all others are stored and ignored."""


class SecretField(forms.CharField):
    """A key that a browser neither shows nor keeps, and that no page gives back."""

    def __init__(self, **named: Any) -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false"}
        super().__init__(widget=forms.PasswordInput(attrs=attributes, render_value=False), strip=True, **named)


class KeysForm(SettingsForm):
    """The keys of an account at Stripe."""

    rows = (("publishable_key",), ("secret_key",))

    def clean(self) -> dict[str, Any]:
        """Each that is no key of its sort is refused beside its field, all of them at once."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, key in list(values.items()):
            try:
                require_key(name, key)
            except Refused as refused:
                add_refusal(self, refused)
        return values

    publishable_key = forms.CharField(
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Begins with pk_. It is no secret: Stripe's form in the browser needs it.",
    )
    secret_key = SecretField(
        help_text="Begins with sk_ or rk_. It is sealed before it is stored, and never shown again.",
    )


class WebhookSecretForm(SettingsForm):
    """With what Stripe signs its webhooks."""

    rows = (("webhook_secret",),)

    webhook_secret = SecretField(
        label="Signing secret", help_text="Begins with whsec_. Stripe shows it with the endpoint of your webhooks."
    )


class SandboxForm(SettingsForm):
    """That a provider who is no demo wants the sandbox."""

    rows = (("sure",),)

    sure = forms.BooleanField(label="I know that nobody is charged and no money comes")


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What is connected, and what was."""
    gateways = list(list_gateways(request.membership.provider))
    active = next((gateway for gateway in gateways if gateway.active), None)
    webhooks = address_of(request, active) if active and active.kind == GatewayKind.STRIPE else ""
    context = {
        "gateway": active,
        "earlier": [gateway for gateway in gateways if not gateway.active],
        "webhooks": webhooks,
        "unreachable": find_why_unreachable(webhooks) if webhooks else "",
        "is_test": bool(active and active.publishable_key.startswith("pk_test_")),
        "steps": say_steps(request.membership.provider, active) if active else "",
        "events": EVENTS,
        "outcomes": OUTCOMES if active and active.kind == GatewayKind.SANDBOX else (),
    }
    return render(request, "settings/gateway.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@change_gateway
@hides_keys
def connect(request: StaffRequest) -> HttpResponse:
    """Connects Stripe."""
    window = Window(
        "Connect Stripe",
        "Connect",
        reverse("gateway"),
        "gateway-connect",
        "You find both keys at Stripe under Developers, API keys. Then you are given the address for its webhooks.",
    )

    def save(values: dict[str, Any], seen: str | None) -> str:
        connect_stripe(membership=request.membership, **values)
        return "Stripe is connected. Set up its webhooks now, as it says below."

    return work_form(request, window, KeysForm, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_gateway
def use_sandbox(request: StaffRequest) -> HttpResponse:
    """Connects the sandbox; who is no demo has to say that it is meant."""
    note = "The sandbox moves no money. It is for trying things out, and for demos."
    window = Window("Use the sandbox", "Use the sandbox", reverse("gateway"), "gateway-sandbox", note)

    def save(values: dict[str, Any], seen: str | None) -> str:
        connect_sandbox(membership=request.membership)
        return "The sandbox is connected. No money moves."

    return work_form(request, window, SandboxForm, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_gateway
@hides_keys
def edit_keys(request: StaffRequest, pk: int) -> HttpResponse:
    """Other keys of the same account."""
    gateway = or_404(get_gateway, request.membership.provider, pk)
    note = "Keys of the same account at Stripe: customers' payment methods are known to that account only."
    window = Window("Change keys", "Save", reverse("gateway"), "gateway-keys", note)

    def make(data: QueryDict | None) -> KeysForm:
        return KeysForm(data, initial={"publishable_key": gateway.publishable_key})

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_keys(membership=request.membership, gateway=gateway, **values)
        return "The keys are saved."

    return work_form(request, window, make, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_gateway
@hides_keys
def edit_webhook_secret(request: StaffRequest, pk: int) -> HttpResponse:
    """The secret that webhooks are signed with."""
    gateway = or_404(get_gateway, request.membership.provider, pk)
    window = Window("Signing secret", "Save", reverse("gateway"), "gateway-webhook-secret")

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_webhook_secret(membership=request.membership, gateway=gateway, **values)
        return "The signing secret is saved. Webhooks are believed if they are signed with it."

    return work_form(request, window, WebhookSecretForm, save)


@require_POST
@change_gateway
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks the processor whether it takes the keys."""
    gateway = or_404(get_gateway, request.membership.provider, pk)

    def ask() -> str:
        check_gateway(membership=request.membership, gateway=gateway)
        takes = " and takes the key" if gateway.kind == GatewayKind.STRIPE else ""
        return f"{gateway.get_kind_display()} answers{takes}."

    return back_with(request, reverse("gateway"), ask)


class DisconnectForm(SettingsForm):
    """Nothing to fill in."""


@require_http_methods(["GET", "HEAD", "POST"])
@change_gateway
def disconnect(request: StaffRequest, pk: int) -> HttpResponse:
    """Stops charging through the gateway."""
    gateway = or_404(get_gateway, request.membership.provider, pk)
    name = gateway.get_kind_display()
    hangs_on = _say_what_hangs_on(request.membership.provider, gateway)
    note = (
        f"{hangs_on} Nothing is charged by autopay any more, and refunds no longer go back by themselves. What "
        "is under way is still followed to its end. You can connect it again, with the payment methods that customers "
        "have there."
    )
    window = Window(f"Disconnect {name}", "Disconnect", reverse("gateway"), "gateway-disconnect", note)

    def save(values: dict[str, Any], seen: str | None) -> str:
        disconnect_gateway(membership=request.membership, gateway=gateway)
        return f"{name} is disconnected."

    return work_form(request, window, DisconnectForm, save)


def _say_what_hangs_on(provider: Provider, gateway: Gateway) -> str:
    found = count_what_hangs_on(gateway)
    said = f"Autopay charges {found.customers:,} customer{'' if found.customers == 1 else 's'} through it."
    if found.payments:
        is_one = found.payments == 1
        amount = money_of(provider, found.payments_minor)
        are = " is" if is_one else "s are"
        said += f" {found.payments:,} payment{are} under way, {amount}{'' if is_one else ' in all'}."
    if found.refunds:
        said += f" Refunds and pay-outs of {money_of(provider, found.refunds_minor)} are under way."
    return said


@require_POST
@change_gateway
def reconnect(request: StaffRequest, pk: int) -> HttpResponse:
    """Takes an earlier gateway again."""
    gateway = or_404(get_gateway, request.membership.provider, pk)

    def connect_again() -> str:
        reconnect_gateway(membership=request.membership, gateway=gateway)
        return f"{gateway.get_kind_display()} is connected again."

    return back_with(request, reverse("gateway"), connect_again)
