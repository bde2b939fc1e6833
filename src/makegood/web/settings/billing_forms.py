"""The forms of the billing settings, one for each part of the page."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from makegood.invoices.models import BillingSettings
from makegood.invoices.settings_rules import GL_CODE_TYPES
from makegood.ledger.selectors import list_gl_codes
from makegood.web.frame.money_field import MoneyField
from makegood.web.settings.editing import SettingsForm
from makegood.web.settings.gl_code_field import GLCodeField

YES, NO = "yes", "no"


def _choice(label: str, yes: tuple[str, str], no: tuple[str, str]) -> forms.TypedChoiceField:
    """Said, never toggled; each answer with what it means. Gives a truth."""
    words = ((YES, yes), (NO, no))
    choices = [(value, format_html("<strong>{}</strong> <small>{}</small>", *said)) for value, said in words]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=lambda value: value == YES, widget=forms.RadioSelect
    )


def _days(label: str, *, required: bool = True, help_text: str = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "class": "amount", "data-unit": "days"})
    return forms.IntegerField(label=label, required=required, widget=widget, help_text=help_text)


class ReminderDaysField(forms.CharField):
    """Days after the due date, written as ``3, 10``; none if empty."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        parts = [part for part in re.split(r"[,;\s]+", super().clean(value)) if part]
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
            raise ValidationError("Write numbers of days with commas between them, such as 3, 10.")
        return [int(part) for part in parts]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != (data or ""))


class InvoicesForm(SettingsForm):
    """When invoices are made and due. What the first invoice fixes is asked for until there is one."""

    def __init__(self, billing: BillingSettings, next_number: int, issued: bool, *arguments: Any, **named: Any) -> None:
        initial = {
            "review_drafts": YES if billing.review_drafts else NO,
            "due_days": billing.due_days,
            "autopay_days": billing.autopay_days,
            "invoices_from": billing.invoices_from,
            "prices_include_tax": YES if billing.prices_include_tax else NO,
            "next_number": next_number,
        }
        super().__init__(*arguments, initial=initial, **named)
        rows: list[tuple[str, ...]] = [("review_drafts",), ("due_days", "autopay_days")]
        if not issued:
            self._add_what_is_fixed_later()
            rows = [("invoices_from", "next_number"), *rows, ("prices_include_tax",)]
        self.fields["review_drafts"] = _choice(
            "Draft review",
            ("On", "Invoices stay drafts until somebody has looked at them and issues them."),
            ("Off", "What is due is issued by itself each day."),
        )
        self.fields["due_days"] = _days("Due after the issue")
        self.fields["autopay_days"] = _days("Autopay date after the issue", help_text="Not after the due date.")
        self.rows = tuple(rows)

    def _add_what_is_fixed_later(self) -> None:
        self.fields["invoices_from"] = forms.DateField(
            label="Invoices from",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text="The first day that is billed. Empty: none are made.",
        )
        self.fields["next_number"] = forms.IntegerField(
            label="First number", widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "amount"})
        )
        self.fields["prices_include_tax"] = _choice(
            "Prices",
            ("Include tax", "Tax is a part of each price."),
            ("Without tax", "Tax comes on top. The first invoice fixes this for good."),
        )


class LateForm(SettingsForm):
    """What happens when an invoice is not paid."""

    rows = (
        ("late_fee",),
        ("late_fee_minor", "late_fee_percent"),
        ("late_fee_grace_days",),
        ("reminder_days",),
        ("suspend_after_days",),
    )

    def __init__(self, billing: BillingSettings, *arguments: Any, **named: Any) -> None:
        names = [name for row in self.rows for name in row]
        super().__init__(*arguments, initial={name: getattr(billing, name) for name in names}, **named)
        self.fields["late_fee"] = forms.ChoiceField(
            label="Late fee", choices=BillingSettings.LateFee.choices, widget=forms.RadioSelect
        )
        self.fields["late_fee_minor"] = MoneyField(billing.provider, label="Amount", required=False)
        self.fields["late_fee_percent"] = forms.DecimalField(
            label="Percentage",
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "amount", "data-unit": "%"}),
        )
        self.fields["late_fee_grace_days"] = _days("Late fee after the due date", help_text="On the next invoice.")
        self.fields["reminder_days"] = ReminderDaysField(
            label="Reminders",
            required=False,
            help_text="Days after the due date, such as 3, 10. Empty: nobody is reminded.",
        )
        self.fields["suspend_after_days"] = _days(
            "Suspension after the due date", required=False, help_text="Empty: nobody is suspended."
        )


class BookingsForm(SettingsForm):
    """Which GL codes invoices are booked on where nothing else is said."""

    rows = (("tax_gl_code",), ("charge_gl_code", "charge_tax_rate"), ("late_fee_gl_code",), ("write_off_gl_code",))
    labels = {
        "tax_gl_code": "Taxes",
        "charge_gl_code": "Charges",
        "late_fee_gl_code": "Late fees",
        "write_off_gl_code": "Write-offs",
    }

    def __init__(self, billing: BillingSettings, *arguments: Any, **named: Any) -> None:
        initial: dict[str, Any] = {name: getattr(billing, f"{name}_id") for name in self.labels}
        initial["charge_tax_rate"] = f"{billing.charge_tax_rate.normalize():f}"
        super().__init__(*arguments, initial=initial, **named)
        codes = list_gl_codes(billing.provider)
        for name, label in self.labels.items():
            offered = codes.filter(type__in=GL_CODE_TYPES[name])
            field = GLCodeField(offered, keep=getattr(billing, name), label=label)
            field.help_text = "None: the first active one of its type."
            self.fields[name] = field
        self.fields["charge_tax_rate"] = forms.DecimalField(
            label="Tax on charges",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "amount", "data-unit": "%"}),
        )
