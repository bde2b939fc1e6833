"""The address of a mail server, and what is said about one that cannot be used: never the password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.kit.refusal import Refused
from makegood.kit.smtp_url import Security, SmtpServer, read_smtp_url

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 587, STARTTLS, 60)),
        ("smtp://u:p@mail.example.com:25", SmtpServer("mail.example.com", 25, STARTTLS, 60, "u", "p")),
        ("smtps://u:p%40%2F@mail.example.com", SmtpServer("mail.example.com", 465, TLS, 60, "u", "p@/")),
        ("smtp://mail.example.com?starttls=none&timeout=5", SmtpServer("mail.example.com", 25, NONE, 5)),
        ("smtp://localhost:2525", SmtpServer("localhost", 2525, NONE, 60)),
        ("smtp://[::1]:2525/", SmtpServer("::1", 2525, NONE, 60)),
        ("smtp://127.0.0.1?starttls=required", SmtpServer("127.0.0.1", 587, STARTTLS, 60)),
    ],
)
def test_addresses(url: str, server: SmtpServer) -> None:
    assert read_smtp_url(url) == server


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example.com", "has to begin with smtp://"),
        ("http://mail.example.com", "has to begin with smtp://"),
        ("smtp://", "names no host"),
        ("smtp://u:secret@", "names no host"),
        ("smtp://u:sec/ret@mail.example.com", "written %2F %3F %23"),
        ("smtp://mail.example.com:port", "its port is a number"),
        ("smtp://mail.example.com:70000", "its port is a number"),
        ("smtp://mail.example.com/path", "has something after the host"),
        ("smtp://u@mail.example.com", "names a user without a password"),
        ("smtp://u:secrät@mail.example.com", "beyond ASCII"),
        ("smtp://u:sec%0Aret@mail.example.com", "beyond ASCII"),
        ("smtp://mail.example.com?tls=1", "an option that is not known"),
        ("smtp://mail.example.com?starttls=maybe", "neither required nor none"),
        ("smtps://mail.example.com?starttls=none", "encrypted from the start"),
        ("smtp://mail.example.com?timeout=0", "no number of seconds"),
        ("smtp://mail.example.com?timeout=soon", "no number of seconds"),
        ("smtp://mail.example.com?timeout=nan", "no number of seconds"),
    ],
)
def test_others_are_refused_in_words_that_name_the_variable(url: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        read_smtp_url(url)
    assert refused.value.message.startswith("MAKEGOOD_SMTP_URL ")
    assert why in refused.value.message
    assert "sec" not in refused.value.message.replace("seconds", "")


@given(st.text())
def test_a_password_is_never_shown(password: str) -> None:
    try:
        shown = repr(read_smtp_url(f"smtp://bot:{password}qqxyzzyqq@mail.example.com"))
    except Refused as refused:
        shown = refused.message
    assert "xyzzy" not in shown
