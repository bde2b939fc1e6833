"""What an e-mail address has to look like before a server is asked about it. Pure functions."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
LONGEST_LABEL = 63
_ASCII_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LOCAL_PART = re.compile(
    rf"""(?:{_ASCII_ATOM}|[^\x00-\x7f])+(?:\.(?:{_ASCII_ATOM}|[^\x00-\x7f])+)*|"(?:[ !#-\[\]-~]|\\[ -~])+\""""
)
_ASCII_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class AddressInvalid(Exception):
    """The address cannot be one; the text is a sentence for people."""


@dataclass(frozen=True)
class Address:
    """An address as the server is told it: the domain in ASCII (IDNA), the part before the @ as it is."""

    local_part: str
    domain: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 can take it."""
        return not self.local_part.isascii()

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


@lru_cache(maxsize=1024)
def _domain_in_ascii(domain: str) -> str:
    labels = unicodedata.normalize("NFKC", domain).lower().split(".")
    if len(labels) < 2 and labels != ["localhost"]:
        raise AddressInvalid("what stands after the @ has no dot, so it is not the name of a domain")
    return ".".join(_label_in_ascii(label) for label in labels)


def read_address(text: str) -> Address:
    """The address that is written in `text`. Raises AddressInvalid, with a sentence that says why."""
    try:
        return _read(unicodedata.normalize("NFC", text.strip(" ")))
    except AddressInvalid as error:
        raise AddressInvalid(f"The e-mail address is not valid: {error}.") from None


def _read(text: str) -> Address:
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text):
        raise AddressInvalid("it has a line break or another control character in it")
    local_part, at, domain = text.rpartition("@")
    if not at:
        raise AddressInvalid("it has no @")
    if not local_part or not domain:
        raise AddressInvalid("something is missing before or after the @")
    if not _LOCAL_PART.fullmatch(local_part) or any(sign.isspace() for sign in local_part if not sign.isascii()):
        raise AddressInvalid("what stands before the @ has a sign or a space that cannot be there")
    address = Address(local_part, _domain_in_ascii(domain))
    if len(local_part.encode()) > LONGEST_LOCAL_PART or len(str(address).encode()) > LONGEST_ADDRESS:
        raise AddressInvalid("it is too long")
    return address


def _label_in_ascii(label: str) -> str:
    if not label.isascii():
        label = _encode_label(label)
    if not _ASCII_LABEL.fullmatch(label) or len(label) > LONGEST_LABEL:
        raise AddressInvalid("what stands after the @ is not the name of a domain")
    return label


def _encode_label(label: str) -> str:
    """As IDNA 2008 writes it: letters, marks, digits and hyphens, nothing changed into look-alikes."""
    kinds = [unicodedata.category(sign)[0] for sign in label]
    allowed = all(kind in "LMN" or sign == "-" for sign, kind in zip(label, kinds, strict=True))
    if not allowed or kinds[0] == "M" or label.startswith("-") or label.endswith("-"):
        raise AddressInvalid("what stands after the @ is not the name of a domain")
    return "xn--" + label.encode("punycode").decode("ascii")
