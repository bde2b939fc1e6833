"""Reads the address of a mail server, as in ``MAKEGOOD_SMTP_URL``."""

from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from makegood.kit.refusal import Refused

VARIABLE = "MAKEGOOD_SMTP_URL"
TIMEOUT_SECONDS = 60.0
LONGEST_TIMEOUT_SECONDS = 600.0
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class Security(Enum):
    """How the connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


PORT_OF = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is given away. The password is never part of its text."""

    host: str
    port: int
    security: Security
    timeout_seconds: float
    user: str = ""
    password: str = field(default="", repr=False)


def read_smtp_url(url: str) -> SmtpServer:
    """``smtp://user:password@host:port?starttls=required|none&timeout=60`` or ``smtps://…``.

    Without `starttls` it is required, unless the server is on this machine. Raises Refused; its words never show the
    address, which may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(
            "is not the address of a mail server; its port is a number, and / ? # in a password are written %2F %3F %23"
        ) from None
    if parts.scheme not in ("smtp", "smtps"):
        raise _refused("has to begin with smtp:// or smtps://")
    if not host or any(sign.isspace() for sign in host):
        raise _refused("names no host, as in smtp://user:password@mail.example.com:587")
    if parts.path not in ("", "/") or parts.fragment:
        raise _refused("has something after the host; signs like / ? # in a password are written %2F %3F %23")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _refused("names a user without a password, or a password without a user")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise _refused("has a user or a password with signs beyond ASCII, which mail servers do not know")
    options = _read_options(parts)
    security = _choose_security(parts.scheme, host, options.get("starttls"))
    return SmtpServer(
        host=host,
        port=port or PORT_OF[security],
        security=security,
        timeout_seconds=_read_timeout(options.get("timeout")),
        user=user,
        password=password,
    )


def _read_options(parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - {"starttls", "timeout"}):
        # What is not known may be half of a password with a question mark in it.
        count = "an option that is not known" if len(unknown) == 1 else "options that are not known"
        raise _refused(f"has {count}; known are starttls and timeout, and a ? in a password is written %3F")
    return options


def _choose_security(scheme: str, host: str, starttls: str | None) -> Security:
    if starttls not in (None, "required", "none"):
        raise _refused("has an option starttls that is neither required nor none")
    if scheme == "smtps":
        if starttls is not None:
            raise _refused("begins with smtps://, which is encrypted from the start and has no option starttls")
        return Security.TLS
    if starttls is None:
        return Security.NONE if host in THIS_MACHINE else Security.STARTTLS
    return Security.STARTTLS if starttls == "required" else Security.NONE


def _read_timeout(text: str | None) -> float:
    if text is None:
        return TIMEOUT_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT_SECONDS:
        raise _refused(f"has an option timeout that is no number of seconds up to {LONGEST_TIMEOUT_SECONDS:.0f}")
    return seconds


def _refused(what: str) -> Refused:
    return Refused("setting_invalid", f"{VARIABLE} {what}.")
