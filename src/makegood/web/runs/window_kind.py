"""What a window that makes runs over a selection is about; what it does is the same for all, see `window`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.ledger.models import GLCode
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.transaction_templates.models import TransactionTemplate
from makegood.web.runs.recipients import Recipients
from makegood.web.runs.window_form import RunWindowForm

Typed = Mapping[str, Any]


@dataclass(frozen=True)
class WindowKind:
    """One window, of credits or of charges.

    name: what each gets, such as *credit*; the ids of the fields begin with it. title, title_of_one: the heading over a
    selection and over one customer. gets: what happens to each, such as *gets this amount*.
    over_list, over_customer, total: the names of the addresses.
    form_class: the form. asked: the names that a request has, with the form's field for each.
    templates, get_template: what can be copied. gl_codes: what can be chosen.
    default_gl_code: the code of what names none, among those that can be chosen; None if there is none.
    plain: what an untouched window holds besides the GL code; a template fills no other fields.
    said: what a template says of these fields, where it says something.
    prepare: makes the draft of what was typed. Refused as the service refuses.
    values_of_draft: what the form says of a draft that is being changed. find_draft: that draft, by its number.
    ending: a template with the fields that come last. needs_description: whether customers must be told what it is for.
    """

    name: str
    title: str
    title_of_one: str
    gets: str
    over_list: str
    over_customer: str
    total: str
    form_class: type[RunWindowForm]
    asked: Mapping[str, str]
    templates: Callable[[Provider], Sequence[TransactionTemplate]]
    get_template: Callable[[Provider, str], TransactionTemplate]
    gl_codes: Callable[[Provider], Sequence[GLCode]]
    default_gl_code: Callable[[Provider, Sequence[GLCode]], GLCode | None]
    plain: Callable[[Provider], Mapping[str, str]]
    said: Callable[[TransactionTemplate, int], Mapping[str, str]]
    prepare: Callable[[Membership, Recipients, Typed, Mapping[str, Any], str], Run]
    find_draft: Callable[[Membership, str], Run | None]
    values_of_draft: Callable[[Run], Mapping[str, Any]]
    ending: str
    needs_description: bool = False
