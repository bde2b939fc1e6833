"""Settings > Billing > Transaction templates."""

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.providers.models import Membership, Provider
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.services import add_template, change_template
from tests.support import records
from tests.support.answers import Verified
from tests.web.reading import source_of, words_of

LIST = "/settings/transaction-templates"
TYPED = {"name": "Outage, one day", "direction": "credit", "kind": "outage", "amount": "5.00", "description": "Sorry"}


def outage(provider: Provider) -> TransactionTemplate:
    return add_template(
        provider=provider, name="Outage", direction="credit", kind="outage", amount_minor=500, staff_id=None
    )


def seen(client: Client, template: TransactionTemplate) -> str:
    source = source_of(client.get(f"{LIST}/{template.pk}/edit"))
    return source.split('name="seen" value="')[1].split('"')[0]


def test_the_empty_list_says_what_a_template_is_for(ada: Client) -> None:
    assert "No transaction templates yet" in words_of(ada.get(LIST))


def test_a_template_is_added(ada: Client, admin: Membership, north: Provider) -> None:
    code = get_gl_code(north, "4910")
    answer = ada.post(f"{LIST}/new", {**TYPED, "gl_code": code.pk, "notify": "on"}, follow=True)
    words = words_of(answer)
    assert "The template “Outage, one day” is added." in words
    assert "$5.00" in words
    template = TransactionTemplate.objects.get()
    assert (template.amount_minor, template.gl_code, template.notify, template.kind) == (500, code, True, "outage")
    assert AuditEntry.objects.get(action="transaction_template.added").staff_id == admin.staff_id


def test_the_window_goes_on_to_the_list(ada: Client) -> None:
    partial = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}
    assert "<html" not in source_of(ada.get(f"{LIST}/new", headers=partial))
    assert ada.post(f"{LIST}/new", TYPED, headers=partial)["HX-Redirect"] == LIST


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Name is needed."),
        ({"name": "x" * 101}, "A template's name has 1 to 100 characters."),
        ({"amount": "0"}, "The amount must be greater than zero."),
        ({"amount": "-5"}, "The amount must be greater than zero."),
        ({"amount": "five"}, "“five” is not an amount."),
        ({"amount": "1.005"}, "The currency has 2 decimals; the amount has more."),
        ({"description": "x" * 10_000}, "A description has at most 500 characters."),
        ({"direction": "refund"}, "Select a valid choice."),
        ({"gl_code": "999999"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept(ada: Client, typed: dict[str, str], sentence: str) -> None:
    answer = ada.post(f"{LIST}/new", TYPED | typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert 'value="Outage, one day"' in source_of(answer) or "name" in typed
    assert not TransactionTemplate.objects.exists()


def test_a_credit_template_needs_a_credit_code_and_a_charge_template_none(ada: Client, north: Provider) -> None:
    service_code = str(get_gl_code(north, "4000").pk)
    answer = ada.post(f"{LIST}/new", TYPED | {"gl_code": service_code})
    assert "a credit needs one of type credit" in words_of(answer)
    assert ada.post(f"{LIST}/new", TYPED | {"direction": "charge", "gl_code": service_code}).status_code == 302
    assert ada.post(f"{LIST}/new", TYPED | {"name": "Late fee", "direction": "charge"}).status_code == 302


def test_the_same_form_twice_adds_one(ada: Client) -> None:
    assert ada.post(f"{LIST}/new", TYPED).status_code == 302
    answer = ada.post(f"{LIST}/new", TYPED)
    assert "There is a template “Outage, one day” already." in words_of(answer)
    assert TransactionTemplate.objects.count() == 1


def test_a_name_that_is_taken_cannot_be_given_by_an_edit(ada: Client, north: Provider) -> None:
    template = outage(north)
    add_template(provider=north, name="Storm", direction="credit", staff_id=None)
    answer = ada.post(f"{LIST}/{template.pk}/edit", TYPED | {"name": "Storm", "seen": seen(ada, template)})
    assert "There is a template “Storm” already." in words_of(answer)


def test_a_change_is_for_the_future(ada: Client, north: Provider, assert_verified: Verified) -> None:
    template = outage(north)
    clerk = records.add_person(north)
    run = records.credit(clerk, template="Outage", amount_minor=None)
    answer = ada.post(f"{LIST}/{template.pk}/edit", TYPED | {"amount": "7", "seen": seen(ada, template)}, follow=True)
    assert "is saved." in words_of(answer)
    template.refresh_from_db()
    assert (template.amount_minor, template.name) == (700, "Outage, one day")
    assert records.reload(run).credit_run.amount_minor == 500
    assert_verified()


def test_two_people_who_edit_the_same_template_do_not_overwrite_each_other_unseen(ada: Client, north: Provider) -> None:
    template = outage(north)
    looked_at = seen(ada, template)
    change_template(
        template=template,
        name="Outage",
        direction="credit",
        kind="outage",
        amount_minor=900,
        description="",
        gl_code=None,
        notify=False,
        staff_id=None,
    )
    answer = ada.post(f"{LIST}/{template.pk}/edit", TYPED | {"seen": looked_at})
    assert answer.status_code == 422
    words = words_of(answer)
    assert "Somebody else has changed this since you opened it." in words
    assert "Saved meanwhile: 9.00" in words
    assert 'value="5.00"' in source_of(answer)
    now_seen = source_of(answer).split('name="seen" value="')[1].split('"')[0]
    assert ada.post(f"{LIST}/{template.pk}/edit", TYPED | {"seen": now_seen}).status_code == 302
    template.refresh_from_db()
    assert template.amount_minor == 500


def test_a_template_is_deactivated_and_activated_again(ada: Client, north: Provider) -> None:
    template = outage(north)
    for wanted, word in (("no", "Inactive"), ("no", "Inactive"), ("yes", "Active")):
        answer = ada.post(f"{LIST}/{template.pk}/active", {"active": wanted}, follow=True)
        assert word in words_of(answer)
    actions = AuditEntry.objects.filter(subject_type="transaction_template").order_by("id")
    assert [entry.action for entry in actions][1:] == [
        "transaction_template.deactivated",
        "transaction_template.activated",
    ]


def test_a_gl_code_that_is_not_active_any_more_can_be_seen_and_must_be_changed(ada: Client, north: Provider) -> None:
    code = get_gl_code(north, "4910")
    template = add_template(provider=north, name="Old", direction="credit", gl_code=code, staff_id=None)
    set_gl_code_active(gl_code=code, active=False, staff_id=None)
    assert "(not active)" in words_of(ada.get(f"{LIST}/{template.pk}/edit"))
    answer = ada.post(f"{LIST}/{template.pk}/edit", TYPED | {"gl_code": code.pk, "seen": seen(ada, template)})
    assert "GL code 4910 is not active any more." in words_of(answer)


def test_script_and_right_to_left_names_are_shown_as_text(ada: Client) -> None:
    name = "<script>alert(1)</script> تعويض"
    ada.post(f"{LIST}/new", TYPED | {"name": name})
    answer = ada.get(LIST)
    assert name in words_of(answer).replace("  ", " ") or "&lt;script&gt;alert(1)" in source_of(answer)
    assert "<script>alert" not in source_of(answer)


def test_templates_are_searched_by_name_and_description(ada: Client, north: Provider) -> None:
    outage(north)
    add_template(provider=north, name="Move", direction="charge", description="A van", staff_id=None)
    assert "Outage" not in words_of(ada.get(LIST, {"q": "VAN"})).split("Transaction templates")[-1]
    assert "No template matches" in words_of(ada.get(LIST, {"q": "nothing"}))
