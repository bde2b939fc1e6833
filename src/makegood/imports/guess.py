"""What a file's first lines suggest: how it is written, and which column feeds which field. Pure; a person decides."""

import re
from collections.abc import Iterable, Sequence

from makegood.imports.map import ENCODINGS, FileFormat

DELIMITERS = (",", ";", "\t", "|")
_WORDS = {
    "customer.number": "customernumber customerno customerid customer custno accountnumber account accountno number id "
    "subscriber subscriberid",
    "customer.name": "customername name fullname company companyname",
    "customer.email": "email mail emailaddress",
    "customer.phone": "phone telephone tel phonenumber mobile",
    "customer.street": "street address addressline1 address1 billingaddress billingstreet",
    "customer.postal_code": "postalcode zip zipcode postcode billingzip",
    "customer.city": "city town billingcity",
    "customer.region": "region state province county billingstate",
    "customer.country": "country billingcountry",
    "customer.customer_type": "customertype type segment",
    "customer.language": "language lang locale",
    "customer.status": "customerstatus accountstatus status",
    "customer.closed_on": "closedon closeddate closed",
    "customer.billing_enabled": "billingenabled automaticbilling billing",
    "customer.autopay": "autopay automaticpayment directdebit",
    "customer.email_opt_out": "emailoptout optout unsubscribed",
    "order.number": "ordernumber orderno orderid order subscription subscriptionid contract contractnumber contractno",
    "order.service": "service product plan servicename tariff package",
    "order.price": "price monthlyprice monthlycharge monthlycharges amount fee rate",
    "order.from_date": "fromdate from startdate start activationdate activated since validfrom",
    "order.to_date": "todate to enddate end terminationdate terminated validto until",
    "order.status": "orderstatus servicestatus subscriptionstatus",
    "order.area": "area servicearea servicecity zone district",
    "order.street": "servicestreet serviceaddress installationaddress",
    "order.postal_code": "servicepostalcode servicezip",
    "order.gl_code": "glcode ledgercode",
}
SYNONYMS = {field: words.split() for field, words in _WORDS.items()}
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "yyyy-mm-dd"),
    (re.compile(r"\d{4}/\d\d/\d\d"), "yyyy/mm/dd"),
    (re.compile(r"\d{8}"), "yyyymmdd"),
    (re.compile(r"\d\d\.\d\d\.\d{4}"), "dd.mm.yyyy"),
    (re.compile(r"\d\d-\d\d-\d{4}"), "dd-mm-yyyy"),
)
_SLASHED = re.compile(r"(\d\d)/(\d\d)/\d{4}")
_COMMA_PRICE = re.compile(r"\d+,\d{1,4}")


def guess_format(head: bytes) -> FileFormat:
    """Encoding and delimiter of a file that begins like that; a point and ISO dates until its cells say otherwise."""
    encoding = _guess_encoding(head)
    first = head.decode(ENCODINGS[encoding], "replace").split("\n", 1)[0]
    return FileFormat(delimiter=max(DELIMITERS, key=first.count), encoding=encoding)


def _guess_encoding(head: bytes) -> str:
    # A character may be cut in two where the head ends.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                break
        else:
            return "utf-8"
    try:
        head.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "windows-1252"


def guess_columns(header: Sequence[str], fields: Iterable[str]) -> dict[str, str]:
    """A column for each field (``customer.name``) whose usual names the header knows; each column is given once.

    A column that stands twice cannot be told apart, so it is never guessed.
    """
    by_word = {_plain(name): name for name in header if name and header.count(name) == 1}
    found: dict[str, str] = {}
    for field in fields:
        column = next((by_word[word] for word in SYNONYMS.get(field, ()) if word in by_word), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def guess_dates(cells: Iterable[str]) -> str | None:
    """How the dates in these cells are written; None if they do not say. Slashes: the day first if one is beyond 12."""
    given = [cell.strip() for cell in cells if cell.strip()]
    if not given:
        return None
    for pattern, name in _DATES:
        if all(pattern.fullmatch(cell) for cell in given):
            return name
    slashed = [_SLASHED.fullmatch(cell) for cell in given]
    if all(slashed):
        return "dd/mm/yyyy" if any(int(cell[1]) > 12 for cell in slashed if cell) else "mm/dd/yyyy"
    return None


def guess_decimal(cells: Iterable[str]) -> str | None:
    """The sign before the decimals of these prices; None if they do not say."""
    return "," if any(_COMMA_PRICE.fullmatch(cell.strip()) for cell in cells) else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
