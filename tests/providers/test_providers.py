"""Service providers and their limits."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from makegood.audit.models import AuditEntry
from makegood.kit.refusal import Refused
from makegood.providers import services
from makegood.providers.models import Provider
from makegood.providers.rules import LIMIT_FIELDS
from makegood.providers.selectors import get_provider, list_providers, require_billing
from tests.support import records

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("currency", "digits", "run_limit_minor"), [("USD", 2, 25_000_000), ("JPY", 0, 250_000), ("KWD", 3, 250_000_000)]
)
def test_a_provider_gets_the_decimals_of_its_currency_and_limits(
    currency: str, digits: int, run_limit_minor: int
) -> None:
    north = records.add_provider(currency=currency)
    assert (north.currency_digits, north.run_limit_minor, north.end_customer_billing) == (digits, run_limit_minor, True)
    assert get_provider("north") == north


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("slug", "", "slug_malformed"),
        ("slug", "north fiber", "slug_malformed"),
        ("slug", "n" * 41, "slug_too_long"),
        ("slug", "south", "slug_taken"),
        ("name", " ", "name_missing"),
        ("name", "N" * 201, "too_long"),
        ("currency", "usd", "currency_unknown"),
        ("currency", "XAU", "currency_unknown"),
        ("timezone", "Los Angeles", "timezone_unknown"),
    ],
)
def test_a_provider_that_cannot_be_is_refused(field: str, value: str, code: str) -> None:
    records.add_provider("south")
    given: dict[str, Any] = {"slug": "north", "name": "North", "currency": "USD", "timezone": "UTC"} | {field: value}
    with pytest.raises(Refused) as refused, transaction.atomic():
        services.add_provider(**given)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert Provider.objects.count() == 1


def test_providers_are_listed_by_name() -> None:
    records.add_provider("b", name="Zenith")
    records.add_provider("a", name="Acme")
    assert [provider.name for provider in list_providers()] == ["Acme", "Zenith"]
    with pytest.raises(Refused, match="There is no provider “c”"):
        get_provider("c")


def test_end_customer_billing_is_switched_with_a_trace() -> None:
    north = records.add_provider()
    admin = records.add_person(north, "admin")
    services.set_end_customer_billing(provider=north, on=False, staff_id=admin.staff_id)
    with pytest.raises(Refused, match="End Customer Billing is off for North"):
        require_billing(get_provider("north"))
    services.set_end_customer_billing(provider=north, on=True, staff_id=admin.staff_id)
    require_billing(get_provider("north"))
    entries = AuditEntry.objects.filter(action="provider.billing_switched").order_by("id")
    assert [(entry.staff_id, entry.detail) for entry in entries] == [
        (admin.staff_id, {"on": False}),
        (admin.staff_id, {"on": True}),
    ]


def test_limits_change_by_name() -> None:
    north = records.add_provider()
    services.set_limits(provider=north, staff_id=None, run_limit_minor=5)
    assert get_provider("north").run_limit_minor == 5
    wrongs: tuple[dict[str, Any], ...] = ({}, {"speed_limit": 50})
    for wrong in wrongs:
        with pytest.raises(Refused, match="The limits are"):
            services.set_limits(provider=north, staff_id=None, **wrong)
    assert AuditEntry.objects.get(action="provider.limits_changed").detail == {"run_limit_minor": 5}
    services.set_limits(provider=north, staff_id=None, agent_credit_limit_minor=None, person_day_limit_minor=0)
    assert (north.agent_credit_limit_minor, north.person_day_limit_minor) == (None, 0)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("run_limit_minor", None, "limit_missing"),
        ("largest_funds_minor", None, "limit_missing"),
        ("largest_funds_minor", 0, "limit_too_small"),
        ("person_day_limit_minor", -1, "limit_too_small"),
        ("provider_day_limit_minor", 10**15 + 1, "limit_too_large"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_beside_its_field(name: str, value: int | None, code: str) -> None:
    north = records.add_provider()
    limits: dict[str, Any] = {name: value}
    with pytest.raises(Refused) as refused:
        services.set_limits(provider=north, staff_id=None, **limits)
    assert (refused.value.code, refused.value.field) == (code, name)


@pytest.mark.sql
@pytest.mark.parametrize("name", [limit.name for limit in LIMIT_FIELDS])
def test_the_database_refuses_a_negative_limit(name: str) -> None:
    north = records.add_provider()
    with pytest.raises(IntegrityError), transaction.atomic():
        Provider.objects.filter(pk=north.pk).update(**{name: -1})
