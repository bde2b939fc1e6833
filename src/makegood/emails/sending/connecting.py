"""Opening a connection to the mail server, and saying in words why it cannot be had."""

import smtplib
import ssl

from django.core.mail.utils import DNS_NAME

from makegood.emails.sending.answers import Answer, ServerTrouble, Trouble, clean_words
from makegood.kit.smtp_url import Security, SmtpServer


def connect(server: SmtpServer) -> smtplib.SMTP:
    """A connection that is encrypted and logged in as `server` says. Raises ServerTrouble."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _open(server)
        _require(server, "The mail server does not greet us", *smtp.ehlo())
        if server.security is Security.STARTTLS:
            _encrypt(server, smtp)
        if server.user:
            smtp.login(server.user, server.password)
    except ServerTrouble:
        _close(smtp)
        raise
    except (OSError, smtplib.SMTPException) as error:
        _close(smtp)
        raise ServerTrouble(explain(server, error)) from None
    return smtp


def explain(server: SmtpServer, error: Exception) -> Trouble:
    """What an error of the connection means to people."""
    place = f"{server.host}, port {server.port}"
    if isinstance(error, smtplib.SMTPResponseException):
        return _explain_answer(server, error)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = clean_words(error.verify_message)
        return Trouble(f"The certificate of the mail server ({place}) is not trusted: {why}", lasting=True)
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        words = f"The mail server ({place}) offers no log-in that we know, and MAKEGOOD_SMTP_URL has a password."
        return Trouble(words, lasting=True)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Trouble(f"The mail server ({place}) did not answer within {server.timeout_seconds:g} seconds.")
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Trouble(f"The connection to the mail server ({place}) failed: {clean_words(str(why), server.password)}")


def _open(server: SmtpServer) -> smtplib.SMTP:
    name = str(DNS_NAME)
    if server.security is Security.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout_seconds, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout_seconds)


def _encrypt(server: SmtpServer, smtp: smtplib.SMTP) -> None:
    if not smtp.has_extn("starttls"):
        words = "The mail server offers no encryption (STARTTLS), and MAKEGOOD_SMTP_URL requires it."
        raise ServerTrouble(Trouble(words, lasting=True))
    code, words_of_server = smtp.starttls(context=ssl.create_default_context())
    _require(server, "The mail server does not start encryption", code, words_of_server)
    _require(server, "The mail server does not greet us", *smtp.ehlo())


def _require(server: SmtpServer, otherwise: str, code: int, words: bytes) -> None:
    answer = Answer(code, clean_words(words, server.password))
    if not answer.is_good:
        raise ServerTrouble(Trouble(f"{otherwise}. It answered: {answer}", lasting=code >= 500))


def _explain_answer(server: SmtpServer, error: smtplib.SMTPResponseException) -> Trouble:
    answer = Answer(error.smtp_code, clean_words(error.smtp_error, server.password))
    what = "The mail server does not take our connection"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        what = "The mail server does not accept the user and password of MAKEGOOD_SMTP_URL"
    return Trouble(f"{what}. It answered: {answer}", lasting=answer.code >= 500)


def _close(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()
