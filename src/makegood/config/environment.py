"""The environment variables that Makegood reads, and nothing else reads. See docs/reference/settings.md."""

import contextlib
import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

from makegood.emails.sending.addresses import AddressInvalid, read_address
from makegood.kit.refusal import Refused
from makegood.kit.smtp_url import SmtpServer, read_smtp_url

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ON = {"1", "true", "yes", "on"}
OFF = {"0", "false", "no", "off"}
APPLICATION_ROLE = "makegood_app"


def data_folder() -> Path:
    """MAKEGOOD_DATA: the folder of the embedded database and of files."""
    named = os.environ.get("MAKEGOOD_DATA")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/makegood")
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "makegood"


def given_data_folder() -> str:
    """The folder as it was given, or nothing where it was not."""
    return os.environ.get("MAKEGOOD_DATA", "")


def names_a_database() -> bool:
    """Whether DATABASE_URL is set; if not, the embedded server is used."""
    return bool(os.environ.get("DATABASE_URL"))


def use_database(url: str) -> None:
    """Makes this process and its children use the database at `url`."""
    os.environ["DATABASE_URL"] = url


def database_url() -> str:
    """DATABASE_URL, else where the embedded server would listen once it is started."""
    socket_folder = data_folder() / "postgres" / "socket"
    return (
        os.environ.get("DATABASE_URL") or f"postgresql://makegood@/makegood?host={quote(str(socket_folder), safe='')}"
    )


def application_role() -> str | None:
    """The role that connections work as: none for the owner, who migrates (MAKEGOOD_DB_OWNER)."""
    return None if flag("MAKEGOOD_DB_OWNER") else APPLICATION_ROLE


def work_as_owner() -> None:
    """Makes this process work as the owner of the tables. Before the settings are read."""
    os.environ["MAKEGOOD_DB_OWNER"] = "1"


def allowed_hosts() -> list[str]:
    """MAKEGOOD_ALLOWED_HOSTS: the names under which the pages are served, apart by commas."""
    names = [name.strip() for name in os.environ.get("MAKEGOOD_ALLOWED_HOSTS", "").split(",")]
    return [name for name in names if name] or LOCAL_HOSTS


def secret_key() -> str:
    """MAKEGOOD_SECRET_KEY, else the one in the data folder, which is made at first use."""
    named = os.environ.get("MAKEGOOD_SECRET_KEY")
    if named:
        return named
    path = data_folder() / "secret-key"
    try:
        return _read_or_make(path)
    except OSError as error:
        message = f"The file {path} cannot be used ({error.strerror}). Name a data folder of yours in MAKEGOOD_DATA."
        raise Refused("secret_key_unusable", message) from None


def use_passing_secret_key() -> None:
    """For commands that need no data folder: a key that is forgotten when the process ends."""
    os.environ.setdefault("MAKEGOOD_SECRET_KEY", secrets.token_urlsafe(48))


def _read_or_make(path: Path) -> str:
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            path.parent.mkdir(parents=True)
            path.parent.chmod(0o700)
        draft = path.with_name(f".secret-key-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            # A link is made only if nobody else was first, and never shows a half-written file.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text().strip()


def smtp_server() -> SmtpServer | None:
    """MAKEGOOD_SMTP_URL: the server that mail is given to; None where mail stays in the outbox."""
    url = os.environ.get("MAKEGOOD_SMTP_URL", "").strip()
    if not url:
        return None
    if not mail_from():
        message = "MAKEGOOD_SMTP_URL is set, and MAKEGOOD_MAIL_FROM is not: it names the address that mail comes from."
        raise Refused("setting_invalid", message)
    return read_smtp_url(url)


def mail_from() -> str:
    """MAKEGOOD_MAIL_FROM: whom mail comes from, as ``billing@example.com`` or ``Name <billing@example.com>``."""
    text = os.environ.get("MAKEGOOD_MAIL_FROM", "").strip()
    if text:
        try:
            usable = text.isprintable() and not read_address(parseaddr(text)[1]).needs_smtputf8
        except AddressInvalid:
            usable = False
        if not usable:
            how = "billing@example.com or Name <billing@example.com>"
            raise Refused("setting_invalid", f"MAKEGOOD_MAIL_FROM must be an address as {how}; it is {text!r}.")
    return text


def mail_address() -> str:
    """The address in MAKEGOOD_MAIL_FROM."""
    return parseaddr(mail_from())[1]


def stripe_api() -> str:
    """MAKEGOOD_STRIPE_API: the address of Stripe's interface, without a slash at the end."""
    url = os.environ.get("MAKEGOOD_STRIPE_API", "").strip().rstrip("/") or "https://api.stripe.com"
    parts = urlsplit(url)
    is_plain = not (parts.path or parts.query or parts.fragment or parts.username)
    # Keys go to no other machine unless it is sure which one it is.
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )
    if not (parts.hostname and is_plain and is_safe):
        how = "https:// and a name, or http:// for this machine itself"
        raise Refused("setting_invalid", f"MAKEGOOD_STRIPE_API must be an address of {how}.")
    return url


def flag(name: str) -> bool:
    """A variable that is on or off; off if it is not set. Refused if it holds anything else."""
    text = os.environ.get(name, "").strip()
    if text.lower() in ON:
        return True
    if not text or text.lower() in OFF:
        return False
    raise Refused("setting_invalid", f"{name} must be 1 (on) or 0 (off); it is {text!r}.")


def positive_number(name: str, default: int) -> int:
    """A variable that holds a whole number above zero. Refused if it holds anything else."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise Refused("setting_invalid", f"{name} must be a whole number above zero; it is {text!r}.")
    return int(text)
