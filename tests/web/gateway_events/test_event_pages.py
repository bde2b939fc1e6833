"""Pages: the webhook log and one event of it, and the clearing account beside the processor's balance."""

import pytest
from django.urls import reverse

from makegood.gateways.interface import Event
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.rules import EventAbout
from makegood.gateways.services.events import handle_events, store_event
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, sandbox
from tests.support.returns import charge
from tests.web.people import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(north: Provider) -> Gateway:
    return sandbox.connect(north)


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north, "billing")


def store(gateway: Gateway, id: str, about: str = "dispute", **more: object) -> GatewayEvent:
    event = Event(id, f"{about}.opened", EventAbout(about), "dp_1", "ch_1", now(), {"id": id, **more})
    store_event(gateway=gateway, event=event)
    return GatewayEvent.objects.get(event_id=id)


def give_up(event: GatewayEvent) -> None:
    GatewayEvent.objects.filter(pk=event.pk).update(
        state="failed", next_try_at=None, handled_at=now(), outcome="The processor is away."
    )


def test_the_log_lists_and_filters_events(gateway: Gateway, clerk: Membership, browser: Browser) -> None:
    store(gateway, "evt_first")
    store(gateway, "evt_second", "method")
    page = browser(clerk).get(reverse("gateway-events"))
    assert "dispute.opened" in page.content.decode()
    page = browser(clerk).get(reverse("gateway-events"), {"about": "method"})
    assert "method.opened" in page.content.decode()
    assert "dispute.opened" not in page.content.decode()
    for filter in ("type=opened", "state=received", "q=evt_first", "gateway=sandbox"):
        assert browser(clerk).get(f"{reverse('gateway-events-count')}?{filter}").status_code == 200


def test_an_event_shows_what_was_sent_without_secrets(gateway: Gateway, clerk: Membership, browser: Browser) -> None:
    event = store(gateway, "evt_1", client_secret="hush", amount=4000)
    text = browser(clerk).get(reverse("gateway-event", args=[event.pk])).content.decode()
    assert "4000" in text
    assert "hush" not in text


def test_an_event_that_was_given_up_is_handled_again(gateway: Gateway, clerk: Membership, browser: Browser) -> None:
    event = store(gateway, "evt_1")
    give_up(event)
    client, address = browser(clerk), reverse("gateway-event", args=[event.pk])
    assert "The processor is away." in client.get(address).content.decode()
    assert "Handle again" in client.get(address).content.decode()
    answer = client.post(reverse("gateway-event-again", args=[event.pk]), follow=True)
    assert "will be handled again" in answer.content.decode()
    assert "Handle again" not in answer.content.decode()
    jobs = run_sql("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'gateways.handle'")
    assert jobs[0]["count"] == 1
    handle_events(gateway=gateway)
    answer = client.post(reverse("gateway-event-again", args=[event.pk]), follow=True)
    assert "nothing to do again" in answer.content.decode()


def test_who_may_not_bill_may_not_have_it_handled(gateway: Gateway, viewer: Membership, browser: Browser) -> None:
    event = store(gateway, "evt_1")
    give_up(event)
    assert "Handle again" not in browser(viewer).get(reverse("gateway-event", args=[event.pk])).content.decode()
    assert browser(viewer).post(reverse("gateway-event-again", args=[event.pk])).status_code == 403


def test_another_providers_event_does_not_exist(gateway: Gateway, clerk: Membership, browser: Browser) -> None:
    other = store(sandbox.connect(records.add_provider("south")), "evt_1")
    assert browser(clerk).get(reverse("gateway-event", args=[other.pk])).status_code == 404
    assert browser(clerk).post(reverse("gateway-event-again", args=[other.pk])).status_code == 404


def test_the_clearing_account_beside_the_balance(
    gateway: Gateway, north: Provider, clerk: Membership, browser: Browser
) -> None:
    customer = records.add_customer(north, "C1")
    sandbox.add_method(customer)
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    client = browser(clerk)
    text = client.get(reverse("clearing-report")).content.decode()
    assert "Booked since the last look" in text
    assert f"Payment {payment.pk}" in text
    Gateway.objects.update(balance_until=now())
    today = today_of(north)
    address = f"{reverse('clearing-report')}?from={today}&to={today}"
    assert "1 does not agree" in client.get(address).content.decode()
    file = client.get(f"{reverse('clearing-report-csv')}?from={today}&to={today}")
    lines = file.getvalue().decode().splitlines()
    assert lines[1].startswith(f"Payment {payment.pk},Charge,{payment.gateway_reference},")
    assert lines[1].endswith("40.00,,40.00")
    assert client.post(reverse("clearing-fetch")).status_code == 302
    assert run_sql("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'gateways.fetch'")[0]["count"] == 1
    assert client.get(f"{reverse('clearing-report')}?from=x&to=y").status_code == 422
