"""What customers and staff are told of payments that were charged or not."""

from datetime import timedelta

import pytest

from makegood.emails.models import EmailTemplate, Message
from makegood.emails.services.rendering import Rendered, render_messages
from makegood.notifications.models import Notification
from makegood.payments.models import Collection, Payment
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Membership, Provider
from tests.payments.collecting import add_payer, after, charge, gateway_of, submit
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.paying import pay
from tests.support.returns import dispute

FAILED, RECEIVED = "payment_failed", "payment_received"


@pytest.fixture
def manager(north: Provider) -> Membership:
    return records.add_person(north, "manager")


def messages_of(template: str) -> list[tuple[str, str, str, int]]:
    """Customer, state, reason and cause of the e-mails of a kind."""
    found = Message.objects.filter(template=template).order_by("customer__number")
    return list(found.values_list("customer__number", "state", "reason", "cause_id"))


def text_of(template: str) -> str:
    """What the one e-mail of that kind would say if it left now, on one line."""
    (answer,) = render_messages(list(Message.objects.filter(template=template)))
    assert isinstance(answer, Rendered), answer
    assert answer.subject
    return " ".join(answer.text.split())


def told(person: Membership) -> list[tuple[str, str]]:
    """Titles and subjects of what the person was told, oldest first."""
    found = Notification.objects.filter(staff=person.staff).order_by("id")
    return list(found.values_list("title", "subject_type"))


def test_each_customer_is_written_to_and_managers_are_told_once(north: Provider, manager: Membership) -> None:
    for number in ("C1", "C2", "C3"):
        add_payer(north, number, "card_declined")
    payments = charge(north)
    submit(north)
    assert messages_of(FAILED) == [(payment.customer.number, "waiting", "", payment.pk) for payment in payments]
    assert told(manager) == [("3 failed payments are not paid yet", "failed_payments")]
    body = Notification.objects.get(staff=manager.staff).body
    assert "Autopay tries 3 again by itself" in body


def test_who_has_not_read_the_last_one_finds_it_brought_up_to_date(north: Provider, manager: Membership) -> None:
    add_payer(north, "C1", "card_declined")
    charge(north)
    submit(north)
    add_payer(north, "C2", "card_declined")
    charge(north)
    submit(north)
    assert told(manager) == [("2 failed payments are not paid yet", "failed_payments")]
    Notification.objects.filter(staff=manager.staff).update(read_at=Notification.objects.get().created_at)
    add_payer(north, "C3", "card_declined")
    charge(north)
    submit(north)
    assert [title for title, _ in told(manager)] == [
        "2 failed payments are not paid yet",
        "3 failed payments are not paid yet",
    ]


def test_what_fails_hours_later_is_told_anew_above_all_others(north: Provider, manager: Membership) -> None:
    add_payer(north, "C1", "card_declined")
    charge(north)
    submit(north)
    add_payer(north, "C2", "card_declined")
    charge(north)
    submit(north, hours=2)
    older, newer = Notification.objects.filter(staff=manager.staff).order_by("id")
    assert older.read_at is not None
    assert newer.read_at is None
    assert newer.title == "2 failed payments are not paid yet"
    assert newer.created_at - older.created_at == timedelta(hours=2)


def test_the_e_mail_says_what_failed_why_and_when_it_is_tried_again(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_payer(north, "C1", "card_insufficient_once", 6000, 1500)
    charge(north)
    submit(north)
    said = text_of(FAILED)
    for words in (
        "we could not charge $75.00 to",
        "because there was not enough money in the account.",
        "$75.00 is still to be paid.",
        "We will try again on March 5, 2026.",
    ):
        assert words in said, (words, said)
    assert said.count("* Invoice") == 2
    assert_verified()


def test_the_e_mail_says_that_it_is_not_tried_again(north: Provider, manager: Membership) -> None:
    add_payer(north, "C1", "card_declined")
    charge(north)
    submit(north)
    Collection.objects.update(next_try_on=None, given_up_on="2026-03-02")
    said = text_of(FAILED)
    assert "We will not try again by ourselves." in said
    assert "We will try again on" not in said


def test_nothing_is_said_of_what_was_paid_before_the_message_left(north: Provider, manager: Membership) -> None:
    customer = add_payer(north, "C1", "card_declined")
    charge(north)
    submit(north)
    with after(hours=1):
        pay(manager, customer, 6000)
    (answer,) = render_messages(list(Message.objects.filter(template=FAILED)))
    assert not isinstance(answer, Rendered)


def test_who_had_a_customer_charged_is_told_that_it_failed(
    north: Provider, clerk: Membership, manager: Membership
) -> None:
    customer = add_payer(north, "C1", "card_declined")
    with after():
        payment = charge_invoices(membership=clerk, customer=customer, key="k")
    submit(north)
    assert told(clerk) == [(f"$60.00 could not be charged to {customer.name}", "payment")]
    told_of = Notification.objects.get(staff=clerk.staff)
    assert told_of.subject_id == payment.pk
    assert told_of.body == "Customer C1, Visa ending 0002: The bank did not allow it and does not say why."


def test_a_receipt_is_sent_only_where_the_provider_wants_it(north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "C1")
    charge(north)
    submit(north)
    assert [(state, reason) for _, state, reason, _ in messages_of(RECEIVED)] == [("not_sent", "template_inactive")]
    EmailTemplate.objects.create(provider=north, name=RECEIVED, active=True)
    add_payer(north, "C2", "card_succeeds", 4000, 2000)
    charge(north)
    submit(north)
    payment = Payment.objects.get(customer__number="C2")
    (answer,) = render_messages(list(Message.objects.filter(template=RECEIVED, customer__number="C2")))
    assert isinstance(answer, Rendered)
    said = " ".join(answer.text.split())
    for words in ("thank you: we received $60.00 from", "on March 2, 2026", f"Receipt {payment.pk}."):
        assert words in said, (words, said)
    assert said.count("* Invoice") == 2
    assert_verified()


def test_a_customer_without_an_address_is_not_written_to_and_the_failure_stands(north: Provider) -> None:
    customer = add_payer(north, "C1", "card_declined")
    type(customer).objects.filter(pk=customer.pk).update(email="")
    charge(north)
    submit(north)
    assert [(state, reason) for _, state, reason, _ in messages_of(FAILED)] == [("not_sent", "no_address")]
    assert gateway_of(north).active
    assert sandbox.charges(north) != []


def test_a_receipt_says_what_was_paid_when_it_was_charged(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    EmailTemplate.objects.create(provider=north, name=RECEIVED, active=True)
    add_payer(north, "C1")
    charge(north)
    submit(north)
    payment = Payment.objects.get()
    with after(hours=1):
        dispute(payment, 6000)
        dispute(payment, 6000, "won")
    assert "* Invoice 1: $60.00" in text_of(RECEIVED)
    assert_verified()
