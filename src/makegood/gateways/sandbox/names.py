"""What the sandbox calls things: letters alone, so that no name looks like the number of a card or an account. Pure."""

import hashlib
import secrets
import string

LONG, SHORT = 24, 16
_LETTERS = str.maketrans(string.digits, "ghijklmnop")


def name_by(text: str) -> str:
    """The name that the same text always has, 24 letters."""
    return hashlib.sha256(text.encode()).hexdigest()[:LONG].translate(_LETTERS)


def new_name(length: int = LONG) -> str:
    """A name that nothing has yet; `length` letters, an even number."""
    return secrets.token_hex(length // 2).translate(_LETTERS)
