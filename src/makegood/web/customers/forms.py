"""The form of a customer's record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict

from makegood.customers.models import Customer
from makegood.web.customers.languages import list_languages

NAMES_OF_FIELDS = {"billing_enabled": "billing_disabled"}
"""The form's name of a field of the record, where it differs."""


def _text(label: str, *, required: bool = False, kind: str = "text", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": kind, "dir": "auto", "autocomplete": "off", **attributes})
    return forms.CharField(label=label, required=required, widget=widget, show_hidden_initial=True)


def _tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, show_hidden_initial=True)


class CustomerForm(forms.Form):
    """What can be typed about a customer. Lengths and the like are the service's to refuse.

    Each field carries what it said when the form was opened, so that only what the person changed is written, and a
    change that somebody else made meanwhile is seen.
    """

    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    number = _text("Number", required=True, spellcheck="false")
    name = _text("Name", required=True)
    customer_type = forms.ChoiceField(label="Type", choices=Customer.Type.choices, show_hidden_initial=True)
    language = forms.ChoiceField(label="Language", show_hidden_initial=True)
    email = _text("E-mail address", kind="email", spellcheck="false")
    phone = _text("Phone", kind="tel")
    street = _text("Street")
    postal_code = _text("Postal code")
    city = _text("City")
    region = _text("Region")
    country = _text("Country")
    billing_disabled = _tick("Disable Automatic Billing")
    autopay = _tick("Autopay")
    email_opt_out = _tick("No e-mail to this customer")

    def __init__(self, data: QueryDict | None = None, *, customer: Customer | None = None) -> None:
        initial = record_of(customer) if customer else {"language": "en", "customer_type": "residential"}
        super().__init__(data, initial=initial)
        self.fields["number"].error_messages["required"] = "A customer needs a number."
        self.fields["name"].error_messages["required"] = "A customer needs a name."
        self.fields["language"].choices = _languages(customer)  # type: ignore[attr-defined]  # a ChoiceField's

    @property
    def opened_with(self) -> list[str]:
        """What each field said when the form was opened, as hidden fields."""
        return [
            self[name].as_hidden(only_initial=True) for name, field in self.fields.items() if field.show_hidden_initial
        ]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the record as typed."""
        return {name: self._value(name) for name in _names_of_record(self.fields)}

    @property
    def changed_values(self) -> dict[str, Any]:
        """Only those that the person changed."""
        changed = set(self.changed_data)
        return {name: value for name, value in self.values.items() if NAMES_OF_FIELDS.get(name, name) in changed}

    def _value(self, name: str) -> Any:
        return not self.cleaned_data["billing_disabled"] if name == "billing_enabled" else self.cleaned_data[name]


def record_of(customer: Customer) -> dict[str, Any]:
    """What the form says about a customer as it stands."""
    fields = {name: getattr(customer, name) for name in _names_of_record(CustomerForm.base_fields) if name != "seen"}
    fields["billing_disabled"] = not fields.pop("billing_enabled")
    return fields | {"seen": stamp(customer.updated_at)}


def stamp(at: datetime) -> str:
    """A moment with all its digits, so that it can be compared when it comes back."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f%z")


def merge_typed(form: CustomerForm, customer: Customer) -> CustomerForm:
    """The form again, after somebody else changed the customer: what was typed stays, all else is as it is now.

    Where both changed the same field, what the other one saved is said beside it.
    """
    now = record_of(customer)
    data = cast(QueryDict, form.data).copy()
    typed = set(form.changed_data)
    both = []
    data["seen"] = now.pop("seen")
    for name, value in now.items():
        opened_with = data.get(f"initial-{name}", "")
        if name not in typed:
            _set(data, name, value)
        elif opened_with != str(value):
            both.append(name)
        data[f"initial-{name}"] = str(value)
    merged = CustomerForm(data, customer=customer)
    for name in both:
        merged.add_error(name, f"Somebody else saved “{_in_words(now[name])}” here.")
    return merged


def _set(data: QueryDict, name: str, value: Any) -> None:
    if value is False:
        data.pop(name, None)
    else:
        data[name] = "on" if value is True else value


def _in_words(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _names_of_record(names: Iterable[str]) -> list[str]:
    of_record = {ours: theirs for theirs, ours in NAMES_OF_FIELDS.items()}
    return [of_record.get(name, name) for name in names if name != "seen"]


def _languages(customer: Customer | None) -> list[tuple[str, str]]:
    languages = [(code, f"{name} ({code})") for code, name in list_languages()]
    if customer and customer.language not in dict(languages):
        # A tag with a region, or one that came from a file.
        languages.insert(0, (customer.language, customer.language))
    return languages
