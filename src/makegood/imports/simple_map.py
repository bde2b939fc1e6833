"""Maps that a form can show: one column or one word for each field. To and from the document of a map. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from makegood.customers.models import Customer
from makegood.imports.fields import CUSTOMER_FIELDS, ORDER_FIELDS, Field
from makegood.imports.map import FileFormat
from makegood.imports.models import FileImport
from makegood.orders.models import Order

YES_NO = ("yes", "no")
WORDS: dict[str, tuple[str, ...]] = {
    "customer.customer_type": tuple(Customer.Type.values),
    "customer.status": tuple(Customer.Status.values),
    "customer.billing_enabled": YES_NO,
    "customer.autopay": YES_NO,
    "customer.email_opt_out": YES_NO,
    "order.status": tuple(Order.Status.values),
}
"""Fields that take one of a few words."""
TAKEN_AS_THEY_ARE = {"yes", "true", "1", "no", "false", "0"}


@dataclass
class Choices:
    """What a person chose. columns and words: by field (``customer.name``), one of the two or none.

    values: for a field that takes one of a few words, what the texts of its column stand for.
    """

    format: FileFormat = field(default_factory=FileFormat)
    columns: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)


def list_fields(holds: str) -> list[tuple[str, Field]]:
    """The fields that a file can fill which holds customers, orders or both; those of the customer first."""
    fields = [(f"customer.{known.name}", known) for known in CUSTOMER_FIELDS]
    if holds == FileImport.Holds.ORDERS:
        fields = fields[:1]
    if holds != FileImport.Holds.CUSTOMERS:
        fields += [(f"order.{known.name}", known) for known in ORDER_FIELDS]
    return fields


def make_document(choices: Choices, holds: str) -> dict[str, Any]:
    """The document of the map; fields of other sections than the file holds are left out."""
    document: dict[str, Any] = {"file": asdict(choices.format), "customer": {}}
    if holds != FileImport.Holds.CUSTOMERS:
        document["order"] = [{}]
    for name, known in list_fields(holds):
        source = _make_source(choices, name, known)
        if source is not None:
            section, _, key = name.partition(".")
            (document["customer"] if section == "customer" else document["order"][0])[key] = source
    return document


def _make_source(choices: Choices, name: str, known: Field) -> dict[str, Any] | None:
    if name in choices.columns:
        source: dict[str, Any] = {"column": choices.columns[name]}
        values = {cell: word for cell, word in choices.values.get(name, {}).items() if word}
        if values:
            source["values"] = values
        # An empty cell of a field that is not always needed says nothing.
        return source if known.required else source | {"optional": True}
    return {"constant": choices.words[name]} if name in choices.words else None


def read_choices(document: Mapping[str, Any]) -> Choices | None:
    """What a form shows for the document; None if the map says more than a form can show."""
    orders = document.get("order", [])
    if len(orders) > 1 or any("when" in order for order in orders):
        return None
    choices = Choices(FileFormat(**document.get("file", {})))
    for name, source in _list_sources(document):
        if isinstance(source, str):
            choices.columns[name] = source
        elif source.keys() == {"constant"} and name in WORDS:
            choices.words[name] = _word(source["constant"])
        elif "column" in source and source.keys() <= {"column", "optional", "values"}:
            choices.columns[name] = source["column"]
            choices.values[name] = {cell: _word(word) for cell, word in source.get("values", {}).items()}
            if choices.values[name] and name not in WORDS:
                return None
        else:
            return None
    return choices


def find_holds(document: Mapping[str, Any]) -> str:
    """What a file that this map is for holds."""
    if not document.get("order"):
        return FileImport.Holds.CUSTOMERS
    return FileImport.Holds.BOTH if "name" in document.get("customer", {}) else FileImport.Holds.ORDERS


def guess_word(field_name: str, cell: str) -> str:
    """The word of a field that the text of a cell stands for; empty if that is not plain."""
    known = WORDS[field_name]
    plain = cell.strip().lower()
    if plain in known:
        return plain
    if known == YES_NO:
        return {"true": "yes", "1": "yes", "y": "yes", "x": "yes", "on": "yes"}.get(
            plain, "no" if plain in ("false", "0", "n", "off") else ""
        )
    alike = {"inactive": "closed", "cancelled": "closed", "ended": "terminated", "private": "residential"}
    return alike[plain] if alike.get(plain) in known else ""


def _list_sources(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, source in document.get("customer", {}).items():
        yield f"customer.{key}", source
    for order in document.get("order", []):
        for key, source in order.items():
            yield f"order.{key}", source


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
