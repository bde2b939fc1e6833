"""Telling customers of their credits: who gets an e-mail, once, and what it says when it leaves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.credits.credit_emails import announce_change, announce_credits
from makegood.credits.models import Credit, CreditChange
from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.emails.models import Message
from makegood.emails.selectors import count_messages
from makegood.emails.services.rendering import NotSent, Rendered, render_messages
from makegood.emails.services.templates import set_active
from makegood.providers.calendar import today_of
from makegood.runs.kinds import Chunk
from makegood.runs.models import Run
from makegood.runs.services.start_run import retry_failed
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def messages_of(run: Run) -> dict[str, tuple[str, str]]:
    """State and reason of each customer's message, by customer number."""
    found = Message.objects.filter(cause_type="run", cause_id=run.pk).select_related("customer").order_by("id")
    return {message.customer.number: (message.state, message.reason) for message in found}


def render(run: Run) -> list[Any]:
    return render_messages(list(Message.objects.filter(cause_id=run.pk).order_by("id")))


def whole_run(run: Run) -> Chunk:
    return Chunk(run.pk, run.provider_id, 0, 2**62, None, run.rows_selected, date(2026, 1, 1))


def test_who_is_credited_is_told_and_nobody_else(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2)
    records.add_customer(north, "N1", email="")
    records.add_customer(north, "N2", email_opt_out=True)
    rich = records.add_customer(north, "N3")
    north.largest_funds_minor = 1500
    north.save()
    records.credit(clerk, customers=[rich], amount_minor=1000)

    run = records.credit(clerk, area="Springfield", amount_minor=1000, notify=True)

    assert records.outcomes(run)["N3"] == "over_funds_limit"
    assert messages_of(run) == {
        "C1": ("waiting", ""),
        "C2": ("waiting", ""),
        "N1": ("not_sent", "no_address"),
        "N2": ("not_sent", "opted_out"),
    }
    counted = [(count.state, count.reason, count.messages) for count in count_messages(north.pk, "run", run.pk)]
    assert counted == [("waiting", "", 2), ("not_sent", "no_address", 1), ("not_sent", "opted_out", 1)]
    assert_verified()


def test_nobody_is_told_unless_it_is_asked_for(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2)
    records.credit(clerk, area="Springfield")
    assert not Message.objects.exists()
    assert_verified()


def test_an_inactive_template_is_logged_and_not_sent(assert_verified: Verified) -> None:
    north = records.add_provider()
    admin = records.add_person(north, "admin")
    clerk = records.add_person(north)
    records.add_customer(north)
    set_active(membership=admin, name="new_credits", active=False)
    run = records.credit(clerk, area="Springfield", notify=True)
    assert messages_of(run) == {"C1": ("not_sent", "template_inactive")}
    assert_verified()


def test_one_message_lists_the_credits_of_all_orders(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north, areas=["Springfield", "Springfield", "Springfield"])
    run = records.credit(clerk, list_name="orders", per="order", filter={}, amount_minor=250, notify=True)
    assert messages_of(run) == {"C1": ("waiting", "")}
    (message,) = render(run)
    assert isinstance(message, Rendered)
    assert message.subject == "North: $7.50 has been credited to your account"
    assert message.text.count("$2.50") == 3
    assert_verified()


def test_a_retry_tells_who_was_credited_by_it_and_nobody_twice(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2)
    rich = records.add_customer(north, "N3")
    north.largest_funds_minor = 1500
    north.save()
    records.credit(clerk, customers=[rich], amount_minor=1000)
    run = records.credit(clerk, area="Springfield", amount_minor=1000, notify=True)
    first = dict(Message.objects.filter(cause_id=run.pk).values_list("customer__number", "pk"))
    assert set(first) == {"C1", "C2"}

    north.largest_funds_minor = 5000
    north.save()
    run = records.finish(retry_failed(run=records.reload(run), membership=clerk))

    assert records.outcomes(run)["N3"] == "credited"
    after = dict(Message.objects.filter(cause_id=run.pk).values_list("customer__number", "pk"))
    assert set(after) == {"C1", "C2", "N3"}
    assert first.items() <= after.items()
    assert_verified()


def test_announcing_again_adds_nothing(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 3)
    run = records.credit(clerk, area="Springfield", notify=True)
    assert announce_credits(run, whole_run(run)) == 0
    assert Message.objects.count() == 3
    assert_verified()


def test_one_chunk_needs_few_statements_however_many_customers() -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 50)
    run = records.credit(clerk, area="Springfield")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert announce_credits(run, whole_run(run)) == 50
    assert len(queries) == 2, "is the template active, and the messages"


def test_a_batch_is_rendered_with_the_same_queries_however_large() -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 30)
    run = records.credit(clerk, area="Springfield", notify=True)
    messages = list(Message.objects.filter(cause_id=run.pk).order_by("id"))
    with CaptureQueriesContext(connection) as of_two:
        render_messages(messages[:2])
    with CaptureQueriesContext(connection) as of_all:
        assert len(render_messages(messages)) == 30
    assert len(of_two) == len(of_all) == 5


def test_awkward_texts_of_customers_never_stop_a_credit(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    for number, name in enumerate(
        ["<script>alert(1)</script>", "\u202eevil\u202c", "{{ total }} {% for %}", "Ö" * 200]
    ):
        records.add_customer(north, f"N{number}", name=name)
    Customer.objects.filter(provider=north).update(language="%%-{{}}")
    run = records.credit(clerk, area="Springfield", notify=True, description="{% for x in (1..9) %}" + "d" * 479)
    assert set(records.outcomes(run).values()) == {"credited"}
    rendered = render(run)
    assert all(isinstance(message, Rendered) for message in rendered)
    assert "<script>" not in rendered[0].html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered[0].html
    assert "{{ total }} {% for %}" in rendered[2].text, "a customer's text is never run as a template"
    assert "d" * 479 in rendered[0].text
    assert_verified()


def test_a_line_feed_in_a_name_never_makes_a_header() -> None:
    north = records.add_provider(name="North\r\nBcc: everybody@example.org")
    clerk = records.add_person(north)
    records.add_customer(north)
    (message,) = render(records.credit(clerk, area="Springfield", notify=True))
    assert message.subject.splitlines() == [message.subject]
    assert message.subject.startswith("North Bcc: everybody@example.org: $10.00")


def test_a_credit_that_was_taken_back_meanwhile_is_not_told_of(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    run = records.credit(clerk, area="Springfield", notify=True)
    records.take_back(clerk, run)
    (answer,) = render(run)
    assert isinstance(answer, NotSent)
    assert answer.reason == "credit_taken_back"
    assert_verified()


def test_a_credit_that_was_partly_taken_back_is_told_of_with_what_is_left(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north, areas=["Springfield", "Springfield"])
    run = records.credit(clerk, list_name="orders", per="order", filter={}, amount_minor=250, notify=True)
    first = Credit.objects.order_by("id")[0]
    records.void(clerk, first)
    (message,) = render(run)
    assert message.subject == "North: $2.50 has been credited to your account"
    assert message.text.count("* ") == 1
    assert_verified()


def test_what_changed_since_counts(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    admin = records.add_person(north, "admin")
    first, second, third = records.add_customers(north, 3)
    run = records.credit(clerk, area="Springfield", notify=True)
    edit_customer(customer=first, staff_id=None, email="new@example.org")
    edit_customer(customer=second, staff_id=None, email="")
    edit_customer(customer=third, staff_id=None, email_opt_out=True)
    answers = render(run)
    assert answers[0].address == "new@example.org"
    assert [answer.reason for answer in answers[1:]] == ["no_address", "opted_out"]
    set_active(membership=admin, name="new_credits", active=False)
    assert render(run)[0].reason == "template_inactive"
    assert_verified()


def test_who_was_late_is_told_what_the_credit_has_paid(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    late = records.add_customer(north)
    movements.owe(late, 700, due_on=today_of(north) - timedelta(days=1))
    run = records.credit(clerk, customers=[late], amount_minor=1000, notify=True)
    [rendered] = render(run)
    assert "$7.00 of it has paid what you owed." in rendered.text
    assert "Your Available Funds are now $3.00." in rendered.text
    assert_verified()


def test_amounts_in_an_english_text_are_english_whatever_the_customers_language() -> None:
    north = records.add_provider(currency="EUR", timezone="Europe/Berlin")
    clerk = records.add_person(north)
    for number, language in (("D", "de"), ("E", "en"), ("P", "pt-BR"), ("X", "xx-nonsense")):
        records.add_customer(north, number)
        Customer.objects.filter(number=number).update(language=language)
    totals = [message.subject.split()[1] for message in render(records.credit(clerk, area="Springfield", notify=True))]
    assert totals == ["€10.00", "€10.00", "€10.00", "€10.00"]


def test_a_change_is_told_of_when_the_template_is_active(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    admin = records.add_person(north, "admin")
    records.add_customer(north)
    records.credit(clerk, area="Springfield", amount_minor=1000, description="Storm")
    credit = Credit.objects.get()
    quiet = records.edit(clerk, credit, amount_minor=900, notify=True)
    assert Message.objects.get(cause_id=quiet.pk).reason == "template_inactive", "off until somebody wants it"

    set_active(membership=admin, name="credit_changed", active=True)
    change = records.edit(clerk, credit, amount_minor=700, notify=True)
    void = records.void(clerk, credit, notify=True)
    messages = list(Message.objects.filter(state="waiting").order_by("id"))
    assert [(message.cause_type, message.cause_id) for message in messages] == [
        ("credit_change", change.pk),
        ("credit_change", void.pk),
    ]
    changed, voided = render_messages(messages)
    assert isinstance(changed, Rendered)
    assert "Amount: $7.00 (was $9.00)" in changed.text
    assert isinstance(voided, Rendered)
    assert "taken back what was left of a credit on your account: $7.00" in voided.text
    assert announce_change(CreditChange.objects.get(pk=change.pk)) == 0
    assert_verified()
