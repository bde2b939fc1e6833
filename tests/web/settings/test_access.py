"""Who may look at settings and who may change them; records of others do not exist."""

import pytest
from django.test import Client

from makegood.ledger.selectors import get_gl_code
from makegood.orders.selectors import get_service
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.services import add_template
from tests.web.reading import source_of, words_of

LISTS = ["transaction-templates", "limits", "services", "gl-codes", "staff", "provider"]
CHANGES = [
    "transaction-templates/new",
    "transaction-templates/{template}/edit",
    "transaction-templates/{template}/active",
    "limits/edit",
    "services/new",
    "services/{service}/edit",
    "services/{service}/active",
    "gl-codes/new",
    "gl-codes/{gl_code}/edit",
    "gl-codes/{gl_code}/active",
    "gl-codes/{gl_code}/default",
    "staff/new",
    "staff/{member}/edit",
    "staff/{member}/active",
    "staff/{member}/link",
    "provider/edit",
    "provider/billing",
]


def ids_of(provider: Provider) -> dict[str, int]:
    template = TransactionTemplate.objects.filter(provider=provider).first() or add_template(
        provider=provider, name="Outage", direction="credit", staff_id=None
    )
    member = list_staff(provider).first()
    assert member is not None
    return {
        "template": template.pk,
        "service": get_service(provider, "DSL").pk,
        "gl_code": get_gl_code(provider, "4910").pk,
        "member": member.pk,
    }


@pytest.mark.parametrize("path", LISTS)
def test_everybody_may_read_and_is_offered_no_change(vera: Client, path: str) -> None:
    answer = vera.get(f"/settings/{path}")
    assert answer.status_code == 200
    offered = source_of(answer).split("<main")[1].split("</main>")[0]
    for word in ("/new", "/edit", "/active", "/link", "/billing", "<button"):
        assert word not in offered.replace('<button class="button">Search', "")


@pytest.mark.parametrize("path", CHANGES)
def test_who_may_not_change_is_told_who_can(vera: Client, viewer: Membership, north: Provider, path: str) -> None:
    answer = vera.post(f"/settings/{path}".format(**ids_of(north)))
    assert answer.status_code == 403
    assert "Your role (viewer) may not" in words_of(answer)
    assert "A person with role admin can." in words_of(answer)


@pytest.mark.parametrize("path", [path for path in CHANGES if "{" in path])
def test_a_record_of_another_provider_does_not_exist(ada: Client, south: Provider, path: str) -> None:
    answer = ada.post(f"/settings/{path}".format(**ids_of(south)), {"active": "no"})
    assert answer.status_code == 404
    assert "Secret" not in words_of(answer)


def test_lists_show_ones_own_records_only(ada: Client, south: Provider) -> None:
    assert "Secret" not in words_of(ada.get("/settings/transaction-templates"))
    assert "south" not in words_of(ada.get("/settings/staff"))


def test_a_form_that_names_another_providers_gl_code_is_refused(ada: Client, south: Provider) -> None:
    code = get_gl_code(south, "4910")
    typed = {"name": "Mine", "direction": "credit", "kind": "outage", "gl_code": str(code.pk)}
    answer = ada.post("/settings/transaction-templates/new", typed)
    assert answer.status_code == 422
    assert not TransactionTemplate.objects.filter(name="Mine").exists()


@pytest.mark.parametrize("path", ["transaction-templates/1/active", "gl-codes/1/default", "staff/1/link"])
def test_a_link_changes_nothing(ada: Client, path: str) -> None:
    assert ada.get(f"/settings/{path}").status_code == 405
