"""Secrets of processors as they lie in the database: sealed with a key made from the installation's own.

The installation's key (MAKEGOOD_SECRET_KEY) is not in the database, so that a copy of the database opens nothing.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "v1:"
_INFO = b"makegood gateway secrets 1"


class SealBroken(Exception):
    """What was sealed cannot be opened: the installation's key is another one by now, or the text was changed."""


def seal(secret: str) -> str:
    """The secret so that it can be stored; another text each time."""
    return PREFIX + _fernet(settings.SECRET_KEY).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Raises SealBroken."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _fernet(key).decrypt(sealed.removeprefix(PREFIX).encode()).decode()
        except InvalidToken:
            continue
    raise SealBroken(
        "The keys of the payment gateway were stored under another MAKEGOOD_SECRET_KEY and cannot be read. "
        "Give this machine that key, or type the gateway's keys again under Settings > Billing > Payment gateway."
    )


@lru_cache(maxsize=8)
def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
