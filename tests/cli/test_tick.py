"""``makegood tick``: what it works, what it prints, and what it refuses."""

import subprocess
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.days.locks import hold_days
from makegood.days.models import ProviderDay
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from tests.days.living import NEW_YEAR, add_north
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.billing import add_billing_provider, on_day
from tests.support.records import add_person


@pytest.fixture
def north(db: None) -> Provider:
    return add_north()


def test_it_works_what_is_due_and_says_what_each_day_did(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    with on_day(NEW_YEAR):
        answer = makegood_cli("tick", "--json")
        again = makegood_cli("tick")
    assert answer.returncode == 0
    [day] = read_json(answer)["days"]
    assert day == {
        "provider": "north",
        "day": "2026-01-01",
        "finished": True,
        "billing": True,
        "waits_at": None,
        "failure": None,
        "done": {"issued": {"customers": 2, "amount": "40.00"}},
    }
    assert again.stdout == "There was nothing to do.\n"
    with on_day(NEW_YEAR + timedelta(days=15)):
        told = makegood_cli("tick", "--provider", "north").stdout
    assert "2 customers late ($40.00)" in told
    assert "nothing was due" in told
    assert "15 days finished." in told
    assert_verified()


def test_one_customer_is_not_called_customers(north: Provider, makegood_cli: CommandLine) -> None:
    with on_day(NEW_YEAR):
        makegood_cli("tick")
    invoice = Invoice.objects.filter(provider=north).order_by("id")[0]
    with on_day(NEW_YEAR + timedelta(days=1)):
        void_invoice(membership=add_person(north, "manager"), invoice=invoice, reason="Wrong")
    with on_day(NEW_YEAR + timedelta(days=15)):
        assert "1 customer late ($20.00)" in makegood_cli("tick").stdout


def test_until_stops_before_today(north: Provider, makegood_cli: CommandLine) -> None:
    with on_day(NEW_YEAR):
        makegood_cli("tick")
    with on_day(date(2026, 1, 20)):
        assert len(read_json(makegood_cli("tick", "--until", "2026-01-04", "--json"))["days"]) == 3
        assert len(read_json(makegood_cli("tick", "--until", "2026-01-04", "--json"))["days"]) == 0


def test_only_a_demo_provider_can_be_ahead_of_its_time(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    with on_day(NEW_YEAR):
        refused = makegood_cli("tick", "--provider", "north", "--until", "2026-02-03", "--json")
        assert refusal_code(refused) == "day_to_come"
        Provider.objects.update(is_demo=True)
        add_billing_provider("south")
        answer = read_json(makegood_cli("tick", "--until", "2026-02-03", "--json"))
        days = {name: [day["day"] for day in answer["days"] if day["provider"] == name] for name in ("north", "south")}
        assert len(days["north"]) == 34
        assert days["north"][-1] == "2026-02-03"
        assert days["south"] == ["2026-01-01"]
        assert today_of(Provider.objects.get(slug="north")) == date(2026, 2, 3)
        done = [name for day in answer["days"] for name in day["done"]]
        assert {"issued", "late", "late_fees", "reminded"} <= set(done)
        # On New Year's Day there is nothing more to do until the calendar has caught up.
        assert read_json(makegood_cli("tick", "--json"))["days"] == []
    assert_verified()


def test_a_day_to_come_is_said_to_be_for_demo_providers_alone(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    with on_day(NEW_YEAR):
        add_billing_provider("south")
        Provider.objects.filter(slug="south").update(is_demo=True)
        answer = makegood_cli("tick", "--until", "2026-01-03")
        as_data = read_json(makegood_cli("tick", "--until", "2026-01-04", "--json"))
        today = read_json(makegood_cli("tick", "--until", "2026-01-01", "--json"))
    assert answer.returncode == 0
    assert "2026-01-03 has not come yet; only demo providers go further. Up to today: North." in answer.stdout
    assert (as_data["up_to_today"], today["up_to_today"]) == (["north"], [])
    assert [(day["provider"], day["day"]) for day in as_data["days"]] == [("south", "2026-01-04")]
    with on_day(date(2026, 1, 4)):
        assert_verified()


def test_a_day_that_waits_is_said_and_answered_with_1(north: Provider, makegood_cli: CommandLine) -> None:
    GLCode.objects.filter(type="tax").update(active=False)
    with on_day(NEW_YEAR):
        answer = makegood_cli("tick")
        as_data = read_json(makegood_cli("tick", "--json"))
    assert answer.returncode == 1
    assert "Waits at “Issue invoices”: North has no active GL code of type tax." in answer.stdout
    [day] = as_data["days"]
    assert (day["waits_at"], day["finished"]) == ("issue", False)


def test_a_day_that_is_malformed_is_refused(north: Provider, makegood_cli: CommandLine) -> None:
    assert refusal_code(makegood_cli("tick", "--until", "tomorrow", "--json")) == "date_malformed"
    assert refusal_code(makegood_cli("tick", "--provider", "nowhere", "--json")) == "provider_unknown"


def test_days_that_somebody_else_works_are_left_alone(
    committed_db: dict[str, str], run_makegood: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    north = add_billing_provider()
    with hold_days(north.pk):
        answer = run_makegood("tick", "--json")
    assert read_json(answer) == {"days": [], "busy": ["north"], "up_to_today": []}
    assert not ProviderDay.objects.exists()
