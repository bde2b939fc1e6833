"""A mail server in a process of its own, which can be told to be down, slow, full, and to hang up.

Run as a program by `MailServer`. Each line of its input is what it is to do from now on, as JSON (see `Behaviour`); it
answers with an empty line. What it takes it writes into a file, a line for each message, before it answers the client.
"""

import asyncio
import base64
import contextlib
import email
import email.policy
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ROOT = Path(__file__).parents[2]
CERTIFICATE = Path(__file__).with_name("mail_server.pem")
"""Of 127.0.0.1, with its key: for tests only."""
OK = "250 OK"


@dataclass
class Behaviour:
    """What the server does.

    listens: takes connections. greeting, mail, rcpt, data: what it answers instead of OK; `rcpt` by recipient, or ``*``
    for all. drops_at: hangs up at ``mail``, ``rcpt``, or ``data`` (a message taken and not confirmed). times: how
    often it answers or hangs up so, before it behaves. seconds: each message takes so long. one_at_a_time: for all
    connections together. password: what a user has to log in with. most_connections: more are told 421.
    encryption: ``starttls`` or ``smtps``, with a certificate that nobody knows (`CERTIFICATE`).
    """

    listens: bool = True
    mail: str = OK
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = OK
    drops_at: str = ""
    times: int = 10**9
    seconds: float = 0.0
    one_at_a_time: bool = False
    password: str = ""
    pipelining: bool = True
    smtputf8: bool = True
    most_connections: int = 1000
    encryption: str = ""


class _Server:
    def __init__(self, port: int, path: Path) -> None:
        self.behaviour = Behaviour()
        self.port, self.path = port, path
        self.line = asyncio.Lock()
        self.connections = 0
        self.listener: asyncio.Server | None = None
        self.open: set[asyncio.BaseTransport] = set()

    async def behave(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        if self.listener:
            self.listener.close()
            for transport in list(self.open):
                transport.close()
            self.listener = None
        if behaviour.listens:
            loop = asyncio.get_running_loop()
            tls = _encrypt() if behaviour.encryption == "smtps" else None
            self.listener = await loop.create_server(lambda: _Protocol(self), "127.0.0.1", self.port, ssl=tls)
            self.port = self.listener.sockets[0].getsockname()[1]

    def is_to_misbehave(self) -> bool:
        self.behaviour.times -= 1
        return self.behaviour.times >= 0

    def take(self, envelope: Envelope, number: int) -> None:
        content = envelope.original_content or b""
        line = {
            "at": time.time(),
            "connection": number,
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "content": base64.b64encode(content).decode(),
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


class _Protocol(SMTP):
    def __init__(self, server: _Server) -> None:
        self.mine = server
        server.connections += 1
        self.number = server.connections
        password = server.behaviour.password
        super().__init__(
            _Handler(self),
            hostname="mail.test",
            enable_SMTPUTF8=server.behaviour.smtputf8,
            auth_required=bool(password),
            auth_require_tls=not password,
            authenticator=_authenticate(password) if password else None,
            tls_context=_encrypt() if server.behaviour.encryption == "starttls" else None,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.mine.open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.mine.open.discard(self.transport)
        with contextlib.suppress(Exception):
            super().connection_lost(error)


def _encrypt() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def _authenticate(password: str) -> Any:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == password.encode()
        return AuthResult(success=right, handled=False)

    return check


class _Handler:
    def __init__(self, protocol: _Protocol) -> None:
        self.protocol, self.server = protocol, protocol.mine

    async def handle_EHLO(  # noqa: N802 (the name that aiosmtpd calls)
        self, server: SMTP, session: Session, envelope: Envelope, host: str, responses: list[str]
    ) -> list[str]:
        session.host_name = host
        if len(self.server.open) > self.server.behaviour.most_connections:
            return [self._end_with("421 4.7.0 Too many connections")]
        if self.server.behaviour.pipelining:
            responses.insert(-1, "250-PIPELINING")
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self.server.behaviour
        if self._drops("mail"):
            return OK
        if behaviour.mail != OK and self.server.is_to_misbehave():
            return self._end_with(behaviour.mail)
        envelope.mail_from = address
        return OK

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        rcpt = self.server.behaviour.rcpt
        if self._drops("rcpt"):
            return OK
        answer = rcpt.get(address) or rcpt.get("*") or OK
        if answer != OK and self.server.is_to_misbehave():
            return self._end_with(answer)
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        behaviour = self.server.behaviour
        if behaviour.one_at_a_time:
            async with self.server.line:
                await asyncio.sleep(behaviour.seconds)
        else:
            await asyncio.sleep(behaviour.seconds)
        if behaviour.data != OK and self.server.is_to_misbehave():
            return self._end_with(behaviour.data)
        self.server.take(envelope, self.protocol.number)
        self._drops("data")
        return OK

    def _drops(self, at: str) -> bool:
        drops = self.server.behaviour.drops_at == at and self.server.is_to_misbehave()
        if drops:
            assert isinstance(self.protocol.transport, asyncio.Transport)
            self.protocol.transport.abort()
        return drops

    def _end_with(self, answer: str) -> str:
        """The answer; who is told 421 is hung up on."""
        if answer.startswith("421") and self.protocol.transport:
            asyncio.get_running_loop().call_later(0.05, self.protocol.transport.close)
        return answer


async def _serve() -> None:
    server = _Server(0, Path(sys.argv[1]))
    await server.behave(Behaviour())
    print(server.port, flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await server.behave(Behaviour(**json.loads(line)))
        print(flush=True)


@dataclass(frozen=True)
class Taken:
    """A message that the server took."""

    at: float
    connection: int
    sender: str
    recipient: str
    content: bytes

    def read(self) -> EmailMessage:
        """As a program for mail would show it."""
        message = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def message_id(self) -> str:
        return str(self.read()["Message-ID"])


class MailServer:
    """The process, and what it has taken."""

    def __enter__(self) -> Self:
        handle, name = tempfile.mkstemp(prefix="makegood-mail-", suffix=".jsonl", dir="/tmp")
        os.close(handle)
        self._path = Path(name)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.mail_server", name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._path.unlink()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?timeout=2"

    def behave(self, **how: Any) -> None:
        """Does from now on what `Behaviour` says; whoever is connected is hung up on."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(Behaviour(**how))) + "\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def forget(self) -> None:
        """Behaves, and has taken nothing."""
        self.behave()
        self._path.write_text("")

    def taken(self) -> list[Taken]:
        """What it took, in that order."""
        lines = [json.loads(line) for line in self._path.read_text().splitlines()]
        return [
            Taken(line["at"], line["connection"], line["sender"], recipient, base64.b64decode(line["content"]))
            for line in lines
            for recipient in line["recipients"]
        ]

    def arrivals(self) -> Counter[str]:
        """How often each recipient got something."""
        return Counter(taken.recipient for taken in self.taken())


if __name__ == "__main__":
    asyncio.run(_serve())
