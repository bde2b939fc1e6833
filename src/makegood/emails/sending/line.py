"""One connection to the mail server, over which messages go one after the other."""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from makegood.emails.sending.addresses import Address
from makegood.emails.sending.answers import (
    Answer,
    Outcome,
    Trouble,
    Verdict,
    clean_words,
    judge_message,
    judge_sender,
)
from makegood.emails.sending.connecting import connect, explain
from makegood.kit.smtp_url import SmtpServer

if TYPE_CHECKING:
    from io import BufferedReader

LONGEST_ANSWER_LINE = 4096
MOST_ANSWER_LINES = 100
NO_SMTPUTF8 = (
    "The part of the e-mail address before the @ has letters that the mail server cannot deliver to "
    "(it does not offer SMTPUTF8)."
)

Delivery = Generator[None, None, Outcome]
"""Goes on with one message when it is asked, and rests where it would wait for the server; ends with the outcome."""


class _Lost(Exception):
    """The connection is gone, or the server has said that it hangs up. The text says why."""


@dataclass(frozen=True)
class Parcel:
    """A message as it is handed over. content: with CRLF at the ends of its lines."""

    sender: Address
    to: Address
    content: bytes


class Line:
    """An open connection. `answered`: how many messages the server judged. `is_open`: whether it can go on."""

    def __init__(self, server: SmtpServer) -> None:
        """Connects, encrypts and logs in as `server` says. Raises ServerTrouble."""
        self._server = server
        self._smtp = connect(server)
        self._pipelines = self._smtp.has_extn("pipelining")
        self._smtputf8 = self._smtp.has_extn("smtputf8")
        self._needs_reset = False
        # The answers are read from where smtplib has read so far.
        self._answers = cast("BufferedReader", self._smtp.file)
        self.answered = 0
        self.is_open = True

    def close(self) -> None:
        """Says good-bye if the server still listens."""
        self.is_open = False
        if self._smtp.sock:
            with contextlib.suppress(OSError):
                self._smtp.sock.settimeout(1)
                self._smtp.sock.sendall(b"QUIT\r\n")
        self._smtp.close()

    def deliver(self, parcel: Parcel) -> Delivery:
        """Gives one message to the server. Never raises for what the server does; a line that is lost is not open."""
        if parcel.to.needs_smtputf8 and not self._smtputf8:
            return Outcome(Verdict.FAILED, NO_SMTPUTF8)
        given = False
        try:
            refusal = yield from self._announce(parcel)
            if refusal is not None:
                self.answered += refusal.verdict is not Verdict.UNTOUCHED
                return refusal
            given = True
            self._write(_as_sent(parcel.content))
            yield
            answer = self._read()
        except (OSError, _Lost) as error:
            self.close()
            words = explain(self._server, error).words
            return Outcome(Verdict.UNKNOWN if given else Verdict.UNTOUCHED, words, Trouble(words))
        self.answered += 1
        if answer.is_good:
            return Outcome(Verdict.SENT)
        return judge_message(answer)

    def _announce(self, parcel: Parcel) -> Generator[None, None, Outcome | None]:
        """Names sender and recipient and asks for the go-ahead; in one go if the server can take it so."""
        options = " BODY=8BITMIME SMTPUTF8" if parcel.to.needs_smtputf8 else ""
        commands = [f"MAIL FROM:<{parcel.sender}>{options}", f"RCPT TO:<{parcel.to}>", "DATA"]
        if self._needs_reset:
            commands.insert(0, "RSET")
        answers = []
        if self._pipelines:
            self._write("".join(f"{command}\r\n" for command in commands).encode())
            yield
            answers = [self._read() for _ in commands]
        else:
            for command in commands:
                self._write(f"{command}\r\n".encode())
                yield
                answers.append(self._read())
                if command != "RSET" and answers[-1].code >= 400:
                    break
        return self._judge(answers[1:] if self._needs_reset else answers)

    def _judge(self, answers: list[Answer]) -> Outcome | None:
        self._needs_reset = False
        wrong = next((place for place, answer in enumerate(answers) if answer.code >= 400), None)
        if wrong is None and answers[-1].code == 354:
            return None
        self._needs_reset = True
        if answers[-1].code == 354:
            # Without a recipient an empty message goes nowhere.
            self._write(b".\r\n")
            self._read()
        place = wrong if wrong is not None else len(answers) - 1
        return judge_sender(answers[place]) if place == 0 else judge_message(answers[place])

    def _write(self, what: bytes) -> None:
        assert self._smtp.sock is not None
        self._smtp.sock.sendall(what)

    def _read(self) -> Answer:
        lines: list[bytes] = []
        while len(lines) < MOST_ANSWER_LINES:
            line = self._answers.readline(LONGEST_ANSWER_LINE)
            if not line:
                raise _Lost("the server hung up")
            lines.append(line[4:])
            if line[3:4] != b"-":
                break
        if not line[:3].isdigit():
            raise _Lost(f"its answer was {self._clean(line)!r}")
        answer = Answer(int(line[:3]), "" if line[:1] in b"23" else self._clean(b" ".join(lines)))
        if answer.closes:
            raise _Lost(f"it answered: {answer}")
        return answer

    def _clean(self, words: bytes | str) -> str:
        return clean_words(words, self._server.password)


def _as_sent(content: bytes) -> bytes:
    """With the mark of the end, and lines that begin with a dot kept apart from it (RFC 5321)."""
    if b"\n." in content:
        content = content.replace(b"\n.", b"\n..")
    return content + b".\r\n"
