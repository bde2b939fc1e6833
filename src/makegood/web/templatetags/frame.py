"""Template tags of the frame."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from makegood.kit.money import format_money
from makegood.providers.models import Provider

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A Lucide icon, drawn into the page. It is decoration: the words stand beside it."""
    return _draw(name, size)


@lru_cache(maxsize=512)
def _draw(name: str, size: int) -> SafeString:
    """A page has dozens of icons, of which many are the same."""
    drawing = lucide(name, size=size, aria_hidden="true", focusable="false", **{"class": "icon"})
    return mark_safe(drawing)


@register.simple_tag(takes_context=True)
def money(context: Context, minor: int | None) -> SafeString:
    """Minor units of the provider's currency with the currency, in figures of equal width.

    Where the place is too narrow, the line may break between a currency's letters and the number, never within it.
    """
    provider: Provider = context["provider"]
    shown = format_money(minor or 0, provider.currency, provider.currency_digits)
    return format_html('<span class="money">{}</span>', shown.replace("\N{NO-BREAK SPACE}", " "))


@register.filter
def moment(at: datetime | None) -> SafeString:
    """A moment on the provider's clock: ``Nov 22, 2026, 3:04 p.m.``; nothing for none."""
    if at is None:
        return mark_safe("")
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), date_format(local, "M j, Y, P")
    )


@register.filter
def day(on: date | None) -> SafeString:
    """A date: ``Nov 22, 2026``; nothing for none."""
    if on is None:
        return mark_safe("")
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), date_format(on, "M j, Y"))


@register.filter
def count(number: int | None) -> str:
    """A number with its thousands apart."""
    return f"{number or 0:,}"


@register.filter
def percent(rate: Decimal | None) -> str:
    """A rate in percent without zeros that say nothing: ``8.875 %``."""
    return f"{Decimal(rate or 0).normalize():f} %"


@register.filter
def amount_of(minor: int | None, provider: Any) -> str:
    """Minor units as plain text with the currency, for places where no markup can stand."""
    return format_money(minor or 0, provider.currency, provider.currency_digits)


@register.simple_tag
def described(field: BoundField, hint: str = "") -> SafeString:
    """The field's control; what reads pages aloud tells its hint and its errors with it."""
    if not hint or field.help_text or not field.auto_id:
        return field.as_widget()
    ids = [f"{field.auto_id}_helptext", *([f"{field.auto_id}_error"] if field.errors else [])]
    return field.as_widget(attrs={"aria-describedby": " ".join(ids)})


@register.filter
def unit(attributes: dict[str, Any]) -> str:
    """The unit that a control's value is in, such as the provider's currency; nothing for none."""
    return str(attributes.get("data-unit", ""))
