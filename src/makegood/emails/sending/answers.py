"""What a mail server says, and what follows from it. Pure functions."""

import re
from dataclasses import dataclass
from enum import Enum, auto

LONGEST_WORDS = 300
_NOT_TO_BE_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+")


class Verdict(Enum):
    """What became of a message that was offered to the server."""

    SENT = auto()
    LATER = auto()
    """Not now: the server refused this message for the time being."""
    FAILED = auto()
    UNKNOWN = auto()
    """It was given away whole, and the connection was lost before the server confirmed it."""
    UNTOUCHED = auto()
    """It was not given away, for a reason that has nothing to do with it."""


@dataclass(frozen=True)
class Trouble:
    """Why nothing leaves, in a sentence or two.

    lasting: it will not pass by itself; somebody has to change a setting. of_sender: it concerns one provider's sender
    address, not the server as such.
    """

    words: str
    lasting: bool = False
    of_sender: bool = False


class ServerTrouble(Exception):
    """The server cannot be used now."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.words)
        self.trouble = trouble


@dataclass(frozen=True)
class Outcome:
    """What became of one message. words: the server's, or ours, unless it was sent."""

    verdict: Verdict
    words: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Answer:
    """One answer of the server."""

    code: int
    words: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_passing(self) -> bool:
        """Whether asking again later can help."""
        return 400 <= self.code < 500

    @property
    def closes(self) -> bool:
        """Whether the server is about to hang up."""
        return self.code == 421

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


def clean_words(raw: bytes | str, secret: str = "") -> str:
    """The server's words on one line, without control characters, not too long, and without `secret`."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if secret:
        text = text.replace(secret, "…")
    text = _NOT_TO_BE_SHOWN.sub(" ", text).strip()
    return text if len(text) <= LONGEST_WORDS else text[: LONGEST_WORDS - 1] + "…"


def judge_message(answer: Answer) -> Outcome:
    """What follows from a refusal of the recipient or of the message itself."""
    verdict = Verdict.LATER if answer.is_passing else Verdict.FAILED
    return Outcome(verdict, f"The mail server answered: {answer}")


def judge_sender(answer: Answer) -> Outcome:
    """What follows from a refusal of the sender: the message has nothing to do with it."""
    words = f"The mail server does not accept the sender's address. It answered: {answer}"
    return Outcome(Verdict.UNTOUCHED, words, Trouble(words, lasting=not answer.is_passing, of_sender=True))
