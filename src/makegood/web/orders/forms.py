"""Forms of orders."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from makegood.customers.models import Customer
from makegood.kit.money import format_money
from makegood.orders.models import Order, Service
from makegood.orders.selectors import list_other_orders, list_services, suggest_order_number
from makegood.orders.services.add_order import ServiceAddress
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.web.frame.money_field import MoneyField

if TYPE_CHECKING:
    ServiceChoice = forms.ModelChoiceField[Service]
    OrderChoice = forms.ModelChoiceField[Order]
else:
    # Django's own class takes no type.
    ServiceChoice = OrderChoice = forms.ModelChoiceField

SEEN_FORMAT = "%Y-%m-%dT%H:%M:%S.%f%z"


def _text(label: str, *, required: bool = False, **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attributes})
    return forms.CharField(label=label, required=required, widget=widget)


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    messages = {"required": "A date is needed.", "invalid": "This is no date. Write it as 2026-01-31."}
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], error_messages=messages)


def _seen() -> forms.DateTimeField:
    return forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=[SEEN_FORMAT])


class ServiceChoiceField(ServiceChoice):
    """The provider's active services, each with its price."""

    def label_from_instance(self, obj: Service) -> str:
        price = format_money(obj.price_minor, self.provider.currency, self.provider.currency_digits)
        return f"{obj.name} · {price}"

    provider: Provider


class OrderChoiceField(OrderChoice):
    """Orders of a customer, each with its service and area."""

    def label_from_instance(self, obj: Order) -> str:
        return " · ".join(filter(None, [obj.number, obj.service.name, obj.area, obj.get_status_display()]))


class AddressForm(forms.Form):
    """Where the service is."""

    seen = _seen()
    area = _text("Area", list="areas")
    street = _text("Street")
    postal_code = _text("Postal code")

    def __init__(self, data: QueryDict | None, order: Order) -> None:
        initial: dict[str, Any] = {name: getattr(order, name) for name in ("area", "street", "postal_code")}
        super().__init__(data, initial=initial | {"seen": order.updated_at.strftime(SEEN_FORMAT)})

    @property
    def address(self) -> ServiceAddress:
        return read_address(self.cleaned_data)


def read_address(cleaned: dict[str, Any]) -> ServiceAddress:
    """The service address that a form's fields say."""
    return ServiceAddress(area=cleaned["area"], street=cleaned["street"], postal_code=cleaned["postal_code"])


class NewOrderForm(forms.Form):
    """A new order of a customer. The address is the billing address until something else is typed."""

    service = ServiceChoiceField(queryset=Service.objects.none(), label="Service", empty_label="Choose a service")
    number = _text("Order number", required=True, spellcheck="false")
    area = _text("Area", list="areas")
    street = _text("Street")
    postal_code = _text("Postal code")
    from_date = _day("Begins on")
    status = forms.ChoiceField(
        label="Status", choices=[("active", "Active"), ("pending", "Pending")], widget=forms.RadioSelect
    )

    def __init__(self, data: QueryDict | None, customer: Customer) -> None:
        provider = customer.provider
        initial = {
            "number": suggest_order_number(customer),
            "area": customer.city,
            "street": customer.street,
            "postal_code": customer.postal_code,
            "from_date": today_of(provider),
            "status": "active",
        }
        super().__init__(data, initial=initial)
        self.fields["price"] = MoneyField(provider, label="Monthly price", zero_allowed=True, required=False)
        service = self.fields["service"]
        service.provider = provider  # type: ignore[attr-defined]  # a ServiceChoiceField
        service.queryset = list_services(provider).filter(active=True)  # type: ignore[attr-defined]  # likewise
        service.error_messages |= {"required": "Choose a service.", "invalid_choice": "This service is not sold."}
        self.fields["number"].error_messages["required"] = "An order needs a number."


class PriceForm(forms.Form):
    """Another price from a day on."""

    seen = _seen()
    effective_from = _day("From")

    def __init__(self, data: QueryDict | None, order: Order) -> None:
        today = today_of(order.provider)
        initial = {"effective_from": max(today, order.from_date), "seen": order.updated_at.strftime(SEEN_FORMAT)}
        super().__init__(data, initial=initial)
        self.fields["price"] = MoneyField(order.provider, label="New monthly price", zero_allowed=True)
        self.fields["price"].error_messages["required"] = "A price is needed."
        self.fields["price"].widget.attrs["autofocus"] = True


class BeginForm(forms.Form):
    """The first day of an order that was pending."""

    from_date = _day("First day")

    def __init__(self, data: QueryDict | None, order: Order) -> None:
        super().__init__(data, initial={"from_date": today_of(order.provider)})


class SuccessorForm(forms.Form):
    """Which order came in place of another."""

    replaced_by = OrderChoiceField(
        queryset=Order.objects.none(), label="Replaced by", required=False, empty_label="No other order"
    )

    def __init__(self, data: QueryDict | None, order: Order) -> None:
        super().__init__(data, initial=self.first_values(order))
        field = self.fields["replaced_by"]
        field.queryset = list_other_orders(order)  # type: ignore[attr-defined]  # an OrderChoiceField
        field.error_messages["invalid_choice"] = "Choose another order of the same customer."

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"replaced_by": order.replaced_by_id}


class EndForm(SuccessorForm):
    """The last day of an order."""

    to_date = _day("Last day")
    field_order = ("to_date", "replaced_by")

    def first_values(self, order: Order) -> dict[str, Any]:
        last_day = order.to_date or max(today_of(order.provider), order.from_date)
        return {**super().first_values(order), "to_date": last_day}
