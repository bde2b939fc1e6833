"""Copying a transaction template into a window: it fills what nobody has typed, and offers the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from makegood.kit.money import decimal_string
from makegood.transaction_templates.models import TransactionTemplate

Texts = Mapping[str, str]
"""Fields that a template fills. Their values are text, as in the form; a tick is *on* or nothing."""


@dataclass(frozen=True)
class Copied:
    """values: what the fields hold now, and in `was_…` what the window filled in.

    offers: what the template says where a person typed something else.
    """

    values: dict[str, str]
    offers: dict[str, str] = field(default_factory=dict)


def values_of(template: TransactionTemplate, digits: int) -> dict[str, str]:
    """What a template says; without the fields that it leaves open."""
    said = {}
    if template.amount_minor is not None:
        said["amount"] = decimal_string(template.amount_minor, digits)
    if template.description:
        said["description"] = template.description
    if template.gl_code is not None:
        said["gl_code"] = template.gl_code.code
    return said


def copy_into(typed: Texts, said: Texts, plain: Texts, take: str = "") -> Copied:
    """Fills in what a template says, without writing over what a person typed.

    typed: the form's fields with their `was_…`. plain: what the window holds without a template.
    take: a field whose typed value the person gives up for the template's.
    """
    values, offers = {}, {}
    for name in plain:
        present, was = typed.get(name, ""), typed.get(f"was_{name}", "")
        filled = said.get(name, plain[name])
        if present in (was, filled) or name == take:
            values[name] = filled
        else:
            values[name] = present
            if name in said:
                offers[name] = said[name]
        values[f"was_{name}"] = filled
    return Copied(values, offers)
