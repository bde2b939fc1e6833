"""Messages leave the outbox: each once, as it was written, whoever wakes whom."""

from functools import partial

import pytest
from django.db import DatabaseError
from django.utils.html import escape
from pytest_django import Settings

from makegood.emails.models import EmailSettings, Message, MessageBody
from makegood.emails.sending.sender import send_waiting
from makegood.emails.services.rendering import render_messages
from makegood.providers.models import Provider
from tests.support import outbox, records
from tests.support.mail_server import MailServer
from tests.support.together import at_once


def test_a_message_arrives_as_it_was_written_and_is_kept_as_it_was_sent(
    north: Provider, mail_server: MailServer
) -> None:
    EmailSettings.objects.update(sender_name="Nörth & Co", reply_to="help@north.example")
    outbox.add_recipients(north, "ann@example.org")
    assert send_waiting() == 1
    (taken,) = mail_server.taken()
    assert (taken.sender, taken.recipient) == ("billing@north.example", "ann@example.org")
    read = taken.read()
    assert (read["From"], read["To"]) == ("Nörth & Co <billing@north.example>", "ann@example.org")
    assert (read["Reply-To"], read["Auto-Submitted"]) == ("help@north.example", "auto-generated")
    assert read["Subject"] == "Letter 1 for Customer C1"
    text = read.get_body(("plain",))
    assert text
    (message,) = outbox.list_messages(north)
    assert (message.state, message.attempts, message.address) == ("sent", 1, "ann@example.org")
    assert (message.subject, message.claimed_until, message.due_at) == ("Letter 1 for Customer C1", None, None)
    assert message.sent_at is not None
    body = MessageBody.objects.get(message=message)
    assert body.text == "Hello Customer C1, this is letter 1.\n" == text.get_content().replace("\r\n", "\n")
    assert body.html == f"<p>{body.text}</p>"


def test_script_tags_and_right_to_left_names_are_only_text(north: Provider, mail_server: MailServer) -> None:
    name = "<script>alert('x')</script> \u202eעברית"
    records.add_customer(north, "C1", areas=(), name=name)
    outbox.add_messages(north)
    assert send_waiting() == 1
    read = mail_server.taken()[0].read()
    html = read.get_body(("html",))
    assert html
    assert "<script>" not in html.get_content()
    assert escape("<script>") in html.get_content()


def test_a_thousand_messages_leave_over_few_connections(north: Provider, mail_server: MailServer) -> None:
    records.add_customers(north, 300)
    outbox.add_messages(north)
    assert send_waiting() == 300
    assert send_waiting() == 0
    assert set(mail_server.arrivals().values()) == {1}
    assert len(mail_server.arrivals()) == 300
    assert len({taken.connection for taken in mail_server.taken()}) <= 4
    assert len({taken.message_id for taken in mail_server.taken()}) == 300
    assert not Message.objects.exclude(state="sent").exists()
    assert MessageBody.objects.count() == 300


def test_a_server_that_does_not_pipeline_gets_the_same(north: Provider, mail_server: MailServer) -> None:
    mail_server.behave(pipelining=False, rcpt={"c2@example.org": "550 No such user"})
    records.add_customers(north, 20)
    Message.objects.all()
    outbox.add_messages(north)
    assert send_waiting() == 20
    assert len(mail_server.arrivals()) == 20


def test_two_senders_at_once_send_each_message_once(north: Provider, mail_server: MailServer) -> None:
    records.add_customers(north, 200)
    outbox.add_messages(north)
    sent = at_once(send_waiting, send_waiting)
    while left := send_waiting():
        sent.append(left)
    assert sum(each for each in sent if isinstance(each, int)) == 200
    assert set(mail_server.arrivals().values()) == {1}
    assert len(mail_server.arrivals()) == 200


def test_without_a_mail_server_everything_stays(north: Provider, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = None
    outbox.add_recipients(north, "ann@example.org")
    assert send_waiting() == 0
    assert outbox.states(north) == [("waiting", 0)]


def test_who_is_told_to_end_lets_go_what_is_left(north: Provider, mail_server: MailServer) -> None:
    records.add_customers(north, 50)
    outbox.add_messages(north)
    assert 0 < send_waiting(should_let_go=lambda: len(mail_server.taken()) >= 5) < 50
    assert not Message.objects.exclude(claimed_until=None).exists()
    send_waiting()
    assert set(mail_server.arrivals().values()) == {1}
    assert not Message.objects.exclude(state="sent").exists()


def test_what_is_not_to_be_sent_any_more_does_not_leave(north: Provider, mail_server: MailServer) -> None:
    outbox.add_recipients(north, "ann@example.org", "", "bob@example.org")
    customer = outbox.list_messages(north)[2].customer
    customer.email_opt_out = True
    customer.save()
    assert send_waiting() == 1
    reasons = [(message.state, message.reason) for message in outbox.list_messages(north)]
    assert reasons == [("sent", ""), ("not_sent", "no_address"), ("not_sent", "opted_out")]


def test_a_message_that_cannot_be_written_stands_in_nobodys_way(north: Provider, mail_server: MailServer) -> None:
    outbox.add_recipients(north, "ann@example.org", "bob@example.org")
    outbox.register_kind("{% for n in (1..1000000000) %}{% for m in (1..1000000) %}x{% endfor %}{% endfor %}")
    assert send_waiting() == 0
    for message in outbox.list_messages(north):
        assert message.state == "failed"
        assert message.reason
    assert not mail_server.taken()


def test_a_bug_fails_the_message_that_it_meets_and_no_other(
    north: Provider, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makegood.emails.sending import batch

    outbox.add_recipients(north, "ann@example.org", "bob@example.org", "cid@example.org")

    def stumble(messages: list[Message]) -> object:
        if any(message.customer.number == "C2" for message in messages):
            raise ZeroDivisionError
        return render_messages(messages)

    monkeypatch.setattr(batch, "render_messages", stumble)
    assert send_waiting() == 2
    assert [state for state, _ in outbox.states(north)] == ["sent", "failed", "sent"]
    assert "ZeroDivisionError" in outbox.list_messages(north)[1].reason


def test_an_unknown_wish_of_the_database_is_not_hidden(
    north: Provider, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.add_recipients(north, "ann@example.org")
    monkeypatch.setattr("makegood.emails.sending.results.load_sql", lambda package, name: "SELECT nonsense")
    with pytest.raises(DatabaseError):
        send_waiting()


def test_each_provider_gets_its_turn(north: Provider, mail_server: MailServer) -> None:
    south = records.add_provider("south")
    outbox.write_quickly(south)
    for provider, count in ((north, 200), (south, 5)):
        records.add_customers(provider, count, prefix=provider.slug)
        outbox.add_messages(provider)
    assert send_waiting() == 205
    order = [taken.recipient.startswith("south") for taken in mail_server.taken()]
    assert max(place for place, is_south in enumerate(order) if is_south) < 60, "it does not wait for the other's end"


def test_a_pace_is_kept_by_all_senders_together(north: Provider, mail_server: MailServer) -> None:
    outbox.write_quickly(north, per_minute=600)
    records.add_customers(north, 30)
    outbox.add_messages(north)
    at_once(send_waiting, partial(send_waiting))
    moments = [taken.at for taken in mail_server.taken()]
    assert len(moments) == 30
    assert max(moments) - min(moments) > 1.5, "ten a second"
