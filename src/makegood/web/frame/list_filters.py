"""The filters of a list as a person sees them: fields of the filter panel, and chips for what is filtered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from makegood.kit.filters import FilterValues, ListFilter
from makegood.providers.models import Provider
from makegood.web.frame.list_query import ListQuery

RANGE = (("_min", "from"), ("_max", "to"))


@dataclass(frozen=True)
class Input:
    """One input of a field; values are what the person typed, right or wrong."""

    name: str
    label: str
    values: tuple[str, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilterField:
    """One field of the panel. kind: text, choices, one-of, any-of, range or dates."""

    kind: str
    label: str
    inputs: list[Input]
    options: list[tuple[str, str]] = field(default_factory=list)
    suggestions_url: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Chip:
    """What is filtered by one value, in words; url: the list without it. is_wrong: it cannot be used."""

    label: str
    value: str
    url: str
    is_wrong: bool


def list_fields(
    form: forms.Form,
    query: ListQuery,
    *,
    options: Mapping[str, Sequence[str]],
    suggestions: Mapping[str, str],
    units: Mapping[str, str],
) -> list[FilterField]:
    """All filters but the free-text search, in the form's order; from and to of a range share a field.

    options: values to tick, for filters whose values are the provider's records.
    suggestions: addresses that give values to type, for filters with too many of them.
    units: what stands behind a range's label.
    """
    fields = []
    for name in form.fields:
        base = name.removesuffix("_min")
        if name == "q" or name.endswith("_max"):
            continue
        if base != name:
            fields.append(_range_field(form, base, query, units.get(base, "")))
        else:
            fields.append(_plain_field(form, name, query, options.get(name, ()), suggestions.get(name, "")))
    return fields


def _range_field(form: forms.Form, base: str, query: ListQuery, unit: str) -> FilterField:
    kind = "dates" if isinstance(form.fields[f"{base}_min"], forms.DateField) else "range"
    inputs = [_input(form, base + ending, query, word) for ending, word in RANGE]
    label = str(form.fields[f"{base}_min"].label).removesuffix(" from")
    return FilterField(kind, label, inputs, unit=unit)


def _plain_field(
    form: forms.Form, name: str, query: ListQuery, options: Sequence[str], suggestions_url: str
) -> FilterField:
    label = str(form.fields[name].label)
    inputs = [_input(form, name, query, label)]
    choices = _choices(form.fields[name])
    if choices:
        several = isinstance(form.fields[name], forms.MultipleChoiceField)
        return FilterField("choices" if several else "one-of", label, inputs, choices)
    if options:
        return FilterField("choices", label, inputs, [(option, option) for option in options])
    if isinstance(form.fields[name], forms.MultipleChoiceField):
        return FilterField("any-of", label, inputs, suggestions_url=suggestions_url)
    return FilterField("text", label, inputs)


def _input(form: forms.Form, name: str, query: ListQuery, label: str) -> Input:
    errors = tuple(str(error) for error in form.errors.get(name, ()))
    return Input(name, label, query.filters.get(name, ()), errors)


def list_chips(form: forms.Form, query: ListQuery, path: str) -> list[Chip]:
    """One chip for each value that is filtered by, also for filters that do not exist, so that they can be removed."""
    chips = []
    for name, values in query.filters.items():
        known = form.fields.get(name)
        is_wrong = known is None or name in form.errors
        if name == "q" and not is_wrong:
            continue
        words = dict(_choices(known)) if known else {}
        label = str(known.label) if known else name
        urls = [path + query.without(name, value).encode() for value in values]
        chips += [Chip(label, words.get(value, value), url, is_wrong) for value, url in zip(values, urls, strict=True)]
    return chips


def describe_filters(filter_class: type[ListFilter], provider: Provider, filters: FilterValues) -> str:
    """What is filtered by, in words: ``Area: Mill Creek or Springfield, Status: Active``."""
    data = QueryDict(mutable=True)
    for name, values in filters.items():
        data.setlist(name, list(values))
    form: forms.Form = filter_class(data, None, provider=provider).form
    said = []
    for name, values in filters.items():
        known = form.fields.get(name)
        words = dict(_choices(known)) if known else {}
        said.append(f"{known.label if known else name}: {' or '.join(words.get(value, value) for value in values)}")
    return ", ".join(said)


def _choices(form_field: Any) -> list[tuple[str, str]]:
    """The choices that a field offers, without the empty one."""
    return [(str(value), str(label)) for value, label in getattr(form_field, "choices", ()) if value not in ("", None)]
