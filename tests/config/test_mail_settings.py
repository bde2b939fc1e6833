"""The settings of mail: what they become, and what is said about values that cannot be used."""

import os
import subprocess
import sys

import pytest
from django.core.mail import get_connection, send_mail

from makegood.config.mail_to_staff import django_mail
from makegood.kit.refusal import Refused
from makegood.kit.smtp_url import read_smtp_url
from tests.config.test_environment import read_settings
from tests.conftest import COMMAND

URL = "smtp://bot:s3cret-w0rd@mail.example.com:2525?timeout=7"


def test_djangos_own_settings_follow() -> None:
    names = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_TIMEOUT"]
    names += ["DEFAULT_FROM_EMAIL", "MAKEGOOD_MAIL_ADDRESS", "MAKEGOOD_SMTP"]
    read = read_settings(*names, MAKEGOOD_SMTP_URL=URL, MAKEGOOD_MAIL_FROM="Bills <billing@example.com>")
    assert "s3cret-w0rd" not in read.pop("MAKEGOOD_SMTP")
    assert list(read.values()) == [
        "mail.example.com",
        "2525",
        "bot",
        "True",
        "False",
        "7.0",
        "Bills <billing@example.com>",
        "billing@example.com",
    ]
    assert django_mail(read_smtp_url(URL), "")["EMAIL_HOST_PASSWORD"] == "s3cret-w0rd"


def test_without_a_server_mail_to_staff_is_refused_and_not_lost() -> None:
    assert read_settings("MAKEGOOD_SMTP")["MAKEGOOD_SMTP"] == "None"
    backend = django_mail(None, "")["EMAIL_BACKEND"]
    with pytest.raises(Refused, match="MAKEGOOD_SMTP_URL"):
        send_mail("Subject", "Text", "a@example.org", ["b@example.org"], connection=get_connection(backend))


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"MAKEGOOD_SMTP_URL": "mail.example.com"}, "MAKEGOOD_MAIL_FROM is not"),
        ({"MAKEGOOD_SMTP_URL": "mail", "MAKEGOOD_MAIL_FROM": "a@example.com"}, "MAKEGOOD_SMTP_URL has to begin with"),
        ({"MAKEGOOD_MAIL_FROM": "billing"}, "MAKEGOOD_MAIL_FROM must be an address as"),
        ({"MAKEGOOD_MAIL_FROM": "Bills <billing@example>"}, "MAKEGOOD_MAIL_FROM must be an address as"),
        ({"MAKEGOOD_MAIL_FROM": "jörg@example.com"}, "MAKEGOOD_MAIL_FROM must be an address as"),
        ({"MAKEGOOD_MAIL_FROM": "a@example.com\nBcc: b@example.com"}, "MAKEGOOD_MAIL_FROM must be an address as"),
        ({"MAKEGOOD_SMTP_CONNECTIONS": "0"}, "MAKEGOOD_SMTP_CONNECTIONS must be a whole number above zero"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_and_the_variable_named(variables: dict[str, str], words: str) -> None:
    environment = os.environ | {"DATABASE_URL": "postgresql:///nowhere"} | variables
    done = subprocess.run([COMMAND, "verify"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_does_not_get_into_the_words() -> None:
    variables = {"MAKEGOOD_SMTP_URL": "smtp://bot:s3cret/w0rd@mail.example.com", "MAKEGOOD_MAIL_FROM": "a@example.com"}
    program = "import makegood.config.settings"
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert "MAKEGOOD_SMTP_URL" in done.stderr
    assert "s3cret" not in done.stderr
    assert "w0rd" not in done.stderr
