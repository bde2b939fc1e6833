"""E-mail to customers from the command line."""

import pytest

from makegood.emails.models import Message
from makegood.providers.models import Membership, Provider
from makegood.transaction_templates.services import add_template
from tests.support import records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code

pytestmark = [pytest.mark.django_db]

AS = ("--as", "billing@north.example")


@pytest.fixture
def north(db: None) -> Provider:
    provider = records.add_provider()
    records.add_customers(provider, 2)
    records.add_customer(provider, "N1", email="")
    return provider


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


def give(makegood_cli: CommandLine, *more: str) -> dict[str, object]:
    answer = makegood_cli("credit", "--all", "--amount", "10", *AS, "--yes", "--json", *more)
    assert answer.returncode == 0, answer
    shown: dict[str, object] = read_json(answer)
    return shown


def test_notify_tells_who_is_credited(clerk: Membership, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    run = give(makegood_cli, "--notify")["run"]
    shown = read_json(makegood_cli("runs", "show", str(run), "--json"))
    assert shown["notify"] is True
    assert shown["emails"] == [
        {"state": "waiting", "reason": None, "messages": 2},
        {"state": "not_sent", "reason": "no_address", "messages": 1},
    ]
    said = makegood_cli("runs", "show", str(run)).stdout
    assert "E-mail to customers: 2 Waiting, 1 Not sent: no address." in said
    assert_verified()


def test_the_template_decides_unless_it_is_said(north: Provider, clerk: Membership, makegood_cli: CommandLine) -> None:
    add_template(provider=north, name="Storm", direction="credit", amount_minor=500, notify=True, staff_id=None)
    give(makegood_cli, "--template", "Storm", "--no-notify")
    assert not Message.objects.exists()
    give(makegood_cli, "--template", "Storm", "--key", "k1")
    assert Message.objects.count() == 3
    give(makegood_cli, "--template", "Storm", "--key", "k1")
    assert Message.objects.count() == 3, "the same key tells nobody again"


def test_the_same_key_with_another_wish_is_another_request(clerk: Membership, makegood_cli: CommandLine) -> None:
    give(makegood_cli, "--key", "k")
    answer = makegood_cli("credit", "--all", "--amount", "10", *AS, "--yes", "--json", "--key", "k", "--notify")
    assert refusal_code(answer) == "key_used"


def test_the_rehearsal_says_who_will_be_told(clerk: Membership, makegood_cli: CommandLine) -> None:
    asked = ("credit", "--all", "--amount", "10", *AS, "--rehearse")
    said = makegood_cli(*asked, "--notify").stdout
    assert "2 customers will be told; it waits until a mail server is set" in said
    assert "nobody is told" in makegood_cli(*asked).stdout
    shown = read_json(makegood_cli(*asked, "--notify", "--json"))["rehearsal"]
    assert (shown["notify"], shown["without_email"], shown["opted_out"]) == (True, 1, 0)


def test_the_outbox_is_listed_and_read(clerk: Membership, makegood_cli: CommandLine) -> None:
    give(makegood_cli, "--notify")
    listed = read_json(makegood_cli("emails", "list", "--json"))
    assert [(each["customer"], each["state"]) for each in listed] == [
        ("N1", "not_sent"),
        ("C2", "waiting"),
        ("C1", "waiting"),
    ]
    said = makegood_cli("emails", "list", "--filter", "state=not_sent").stdout
    assert "The customer has no e-mail address." in said
    assert "1 of 1 message that match" in said
    assert "No mail server is set" in said
    shown = makegood_cli("emails", "show", str(listed[2]["message"])).stdout
    assert "North: $10.00 has been credited to your account" in shown
    assert "Hello Customer C1," in shown or "Hello Customer 1," in shown
    unread = read_json(makegood_cli("emails", "show", str(listed[0]["message"]), "--json"))
    assert unread["problem"] == "The customer has no e-mail address."


def test_failed_messages_are_sent_again_one_or_all_of_a_run(clerk: Membership, makegood_cli: CommandLine) -> None:
    run = give(makegood_cli, "--notify")["run"]
    Message.objects.filter(state="waiting").update(state="failed", reason="550 no", due_at=None, attempts=1)
    first = Message.objects.filter(state="failed").earliest("pk")
    assert "1 message will be sent again." in makegood_cli("emails", "retry", str(first.pk), *AS).stdout
    assert refusal_code(makegood_cli("emails", "retry", str(first.pk), *AS, "--json")) == "message_not_failed"
    assert read_json(makegood_cli("emails", "retry", "--run", str(run), *AS, "--json")) == {"messages": 1}
    assert set(Message.objects.values_list("state", flat=True)) == {"waiting", "not_sent"}


def test_what_cannot_be_is_refused(north: Provider, clerk: Membership, makegood_cli: CommandLine) -> None:
    assert refusal_code(makegood_cli("emails", "show", "99", "--json")) == "message_unknown"
    assert refusal_code(makegood_cli("emails", "retry", *AS, "--json")) == "message_missing"
    assert refusal_code(makegood_cli("emails", "list", "--filter", "stat=sent", "--json")) == "filter_unknown"
    viewer = records.add_person(north, "viewer")
    run = give(makegood_cli, "--notify")["run"]
    answer = makegood_cli("emails", "retry", "--run", str(run), "--as", viewer.staff.email, "--json")
    assert answer.returncode == 2
