"""What the mail server can do to us, and what becomes of the messages."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from makegood.emails.models import EmailSending, Message
from makegood.emails.sending.sender import send_waiting
from makegood.emails.sending.trouble import find_trouble
from makegood.kit.smtp_url import read_smtp_url
from makegood.notifications.models import Notification
from makegood.providers.models import Provider
from tests.support import outbox, records
from tests.support.mail_server import MailServer
from tests.support.moved_clock import START, later, moved_clock


def first(provider: Provider) -> Message:
    return outbox.list_messages(provider)[0]


def test_a_recipient_who_is_unknown_fails_at_once_in_the_servers_words(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message]
) -> None:
    mail_server.behave(rcpt={"ann@example.org": "550 5.1.1 No such user \x07here"})
    with later():
        assert send_waiting() == 1
    assert outbox.states(north) == [("failed", 1), ("sent", 1)]
    assert first(north).reason == "The mail server answered: 550 5.1.1 No such user here"
    assert find_trouble(north) is None


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refused_message_fails_and_the_connection_goes_on(
    north: Provider, mail_server: MailServer, pipelining: bool
) -> None:
    mail_server.behave(pipelining=pipelining, rcpt={f"c{n}@example.org": "550 No" for n in range(0, 40, 2)})
    with later():
        outbox.add_recipients(north, *[f"c{n}@example.org" for n in range(40)])
        assert send_waiting() == 20
    assert [state for state, _ in outbox.states(north)] == ["failed", "sent"] * 20
    assert len({taken.connection for taken in mail_server.taken()}) <= 4


def test_content_that_is_refused_fails(north: Provider, mail_server: MailServer, ann_and_bob: list[Message]) -> None:
    mail_server.behave(data="554 5.7.1 Looks like spam", times=1)
    with later():
        assert send_waiting() == 1
    assert sorted(outbox.states(north)) == [("failed", 1), ("sent", 1)]


def test_a_passing_refusal_is_tried_again_with_growing_pauses_and_given_up_after_days(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message]
) -> None:
    mail_server.behave(rcpt={"ann@example.org": "450 4.2.1 Mailbox busy"})
    pauses = []
    at = START
    while True:
        with moved_clock(at):
            send_waiting()
            message = first(north)
        if message.due_at is None:
            break
        assert message.reason == "The mail server answered: 450 4.2.1 Mailbox busy"
        pauses.append((message.due_at - at) / timedelta(minutes=1))
        at = message.due_at
    assert [round(pause) for pause in pauses] == [1, 5, 15, 60, 240, 720, 1440, 1440]
    assert (message.state, message.attempts) == ("failed", 9)
    assert message.reason == "Given up after 9 attempts. The mail server answered: 450 4.2.1 Mailbox busy"
    assert mail_server.arrivals() == {"bob@example.org": 1}, "nobody else waits for it"


def test_a_server_that_is_down_costs_no_attempt_and_is_asked_more_and_more_rarely(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message], manager: int
) -> None:
    mail_server.behave(listens=False)
    pauses, at = [], START
    for _ in range(8):
        with moved_clock(at):
            assert send_waiting() == 0
            trouble = outbox.trouble_of(north)
        assert trouble.paused_until is not None
        pauses.append((trouble.paused_until - at).total_seconds())
        at = trouble.paused_until
    assert pauses == pytest.approx([15, 30, 60, 120, 300, 600, 600, 600], abs=5)
    assert outbox.states(north) == [("waiting", 0), ("waiting", 0)]
    assert "failed: Connection refused" in trouble.trouble
    assert not trouble.lasting
    assert Notification.objects.count() == 0, "it may pass by itself"
    with later(hours=1):
        send_waiting()
    with later(hours=2):
        send_waiting()
    assert Notification.objects.get().staff_id == manager, "told once"
    mail_server.behave()
    with later(days=4):
        assert send_waiting() == 2
        assert find_trouble(north) is None


def test_while_a_server_pauses_it_is_left_alone(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message]
) -> None:
    mail_server.behave(listens=False)
    with later():
        send_waiting()
    mail_server.behave()
    with later(seconds=10):
        assert send_waiting() == 0
    with later(seconds=20):
        assert send_waiting() == 2


@pytest.mark.parametrize("how", [{"mail": "421 4.3.2 Shutting down"}, {"rcpt": {"*": "421 4.7.0 Try later"}}])
def test_421_pauses_the_server_and_costs_no_attempt(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message], how: dict[str, object]
) -> None:
    mail_server.behave(**how)
    with later():
        assert send_waiting() == 0
        trouble = outbox.trouble_of(north)
    assert "421" in trouble.trouble
    assert outbox.states(north) == [("waiting", 0), ("waiting", 0)]
    assert not Message.objects.exclude(claimed_until=None).exists()
    mail_server.behave()
    with later(minutes=1):
        assert send_waiting() == 2


def test_a_server_that_ends_connections_that_have_served_is_not_in_trouble(
    north: Provider, mail_server: MailServer
) -> None:
    with later():
        outbox.add_recipients(north, *[f"c{n}@example.org" for n in range(30)])
        mail_server.behave(mail="421 4.7.0 Enough on this connection", times=0)
        assert send_waiting(should_let_go=lambda: len(mail_server.taken()) >= 8) < 30
        mail_server.behave(seconds=0.01)
        send_waiting()
    assert set(mail_server.arrivals().values()) == {1}
    assert len(mail_server.arrivals()) == 30


@pytest.mark.parametrize("at", ["mail", "rcpt"])
def test_a_connection_lost_before_the_message_was_given_costs_nothing(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message], at: str
) -> None:
    mail_server.behave(drops_at=at)
    with later():
        assert send_waiting() == 0
        assert find_trouble(north)
    assert outbox.states(north) == [("waiting", 0), ("waiting", 0)]
    mail_server.behave()
    with later(minutes=1):
        assert send_waiting() == 2
    assert mail_server.arrivals() == {"ann@example.org": 1, "bob@example.org": 1}


def test_a_message_that_was_taken_and_not_confirmed_is_sent_again_and_known_by_its_number(
    north: Provider, mail_server: MailServer
) -> None:
    mail_server.behave(drops_at="data", times=1)
    with later():
        outbox.add_recipients(north, "ann@example.org")
        assert send_waiting() == 0
        assert outbox.states(north) == [("waiting", 1)]
        assert first(north).reason.startswith("The connection was lost before the mail server confirmed the message")
    with later(minutes=2):
        assert send_waiting() == 1
    one, two = mail_server.taken()
    assert one.message_id == two.message_id
    assert outbox.states(north) == [("sent", 2)]


def test_a_server_that_never_confirms_does_not_get_the_same_message_for_ever(
    north: Provider, mail_server: MailServer
) -> None:
    mail_server.behave(drops_at="data")
    with later():
        outbox.add_recipients(north, "ann@example.org")
    for day in range(20):
        with later(days=day):
            send_waiting()
    assert outbox.states(north) == [("failed", 9)]
    assert len(mail_server.taken()) == 9


def test_a_silent_server_is_given_up_after_the_timeout(
    north: Provider, mail_server: MailServer, settings: Settings, ann_and_bob: list[Message]
) -> None:
    settings.MAKEGOOD_SMTP = read_smtp_url(mail_server.url.replace("timeout=2", "timeout=0.3"))
    mail_server.behave(seconds=1.5)
    with later():
        assert send_waiting() == 0
        trouble = outbox.trouble_of(north)
    assert trouble.trouble.endswith("did not answer within 0.3 seconds.")


def test_a_slow_server_gets_everything_once(north: Provider, mail_server: MailServer) -> None:
    mail_server.behave(seconds=0.2)
    outbox.add_recipients(north, *[f"c{n}@example.org" for n in range(8)])
    assert send_waiting() == 8
    assert set(mail_server.arrivals().values()) == {1}


def test_a_server_that_takes_one_message_a_second(north: Provider, mail_server: MailServer, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = read_smtp_url(mail_server.url.replace("timeout=2", "timeout=10"))
    mail_server.behave(seconds=1, one_at_a_time=True)
    outbox.add_recipients(north, *[f"c{n}@example.org" for n in range(5)])
    assert send_waiting() == 5
    assert set(mail_server.arrivals().values()) == {1}
    moments = [taken.at for taken in mail_server.taken()]
    assert max(moments) - min(moments) >= 3.9
    assert find_trouble(north) is None


def test_a_server_that_takes_two_connections_gets_two(north: Provider, mail_server: MailServer) -> None:
    mail_server.behave(most_connections=2)
    outbox.add_recipients(north, *[f"c{n}@example.org" for n in range(30)])
    assert send_waiting() == 30
    assert set(mail_server.arrivals().values()) == {1}
    assert find_trouble(north) is None


def test_addresses_that_cannot_be_one_fail_without_a_server(north: Provider, mail_server: MailServer) -> None:
    nasty = ["ann", "ann@exa mple.org", "ann@example.org\nBcc: all@example.org", "ann@example.org>\r\nRCPT TO:<b@c.de"]
    with later():
        outbox.add_recipients(north, *nasty, "bob@example.org")
        assert send_waiting() == 1
    assert [state for state, _ in outbox.states(north)] == ["failed"] * 4 + ["sent"]
    assert all(
        message.reason.startswith("The e-mail address is not valid:") for message in outbox.list_messages(north)[:4]
    )
    assert mail_server.arrivals() == {"bob@example.org": 1}
    assert "Bcc" not in mail_server.taken()[0].read()


def test_international_addresses(north: Provider, mail_server: MailServer) -> None:
    with later():
        outbox.add_recipients(north, "ann@bücher.example", "jörg@example.org")
        assert send_waiting() == 2
    assert mail_server.arrivals() == {"ann@xn--bcher-kva.example": 1, "jörg@example.org": 1}
    assert mail_server.taken()[1].read()["To"] == "jörg@example.org"


def test_without_smtputf8_only_the_domain_may_be_international(north: Provider, mail_server: MailServer) -> None:
    mail_server.behave(smtputf8=False)
    with later():
        outbox.add_recipients(north, "ann@bücher.example", "jörg@example.org")
        assert send_waiting() == 1
    assert [state for state, _ in outbox.states(north)] == ["sent", "failed"]
    assert "SMTPUTF8" in outbox.list_messages(north)[1].reason


def test_trouble_with_the_server_pauses_all_who_would_send(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message]
) -> None:
    mail_server.behave(listens=False)
    with later():
        south = records.add_provider("south")
        outbox.add_recipients(south, "cid@example.org")
        send_waiting()
    assert find_trouble(north)
    assert find_trouble(south)
    assert set(EmailSending.objects.values_list("failures", flat=True)) == {1}, "one failure, one pause"
