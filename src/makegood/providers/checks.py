"""What providers, their limits and their staff can be; Refused with the field for what they cannot."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug

from makegood.kit.currencies import CURRENCY_DIGITS
from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting
from makegood.providers.models import Provider, Role, Staff
from makegood.providers.rules import LimitField

SHORTEST_PASSWORD = 10


def check_provider(slug: str, name: str, currency: str, timezone: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise Refused(
            "slug_malformed", "A slug has letters, digits, hyphens and underscores only, such as north-fiber.", "slug"
        ) from None
    if len(slug) > 40:
        raise Refused("slug_too_long", "A slug has at most 40 characters.", "slug")
    if Provider.objects.filter(slug=slug).exists():
        raise Refused("slug_taken", f"There is a provider “{slug}” already.", "slug")
    check_name_and_timezone(name, timezone)
    if currency not in CURRENCY_DIGITS:
        raise Refused("currency_unknown", f"“{currency}” is not a currency of ISO 4217, such as USD.", "currency")


def check_name_and_timezone(name: str, timezone: str) -> None:
    if not name.strip():
        raise Refused("name_missing", "A provider needs a name.", "name")
    require_fitting(Provider, name=name.strip())
    if timezone not in available_timezones():
        raise Refused("timezone_unknown", f"“{timezone}” is not a time zone, such as America/Los_Angeles.", "timezone")


def check_limit(limit: LimitField, value_minor: int | None) -> None:
    if value_minor is None:
        if not limit.optional:
            raise Refused("limit_missing", f"“{limit.label}” is always needed; give an amount.", limit.name)
    elif value_minor < limit.smallest_minor:
        raise Refused("limit_too_small", f"“{limit.label}” cannot be that small.", limit.name)
    elif value_minor > LARGEST_AMOUNT_MINOR:
        raise Refused("limit_too_large", f"“{limit.label}” is larger than any amount can be.", limit.name)


def check_staff(email: str, name: str, role: str, password: str | None) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("email_malformed", f"“{email}” is not an e-mail address.", "email") from None
    require_fitting(Staff, email=email, name=name)
    if role not in Role.values:
        raise Refused("role_unknown", f"The roles are {', '.join(Role.values)}.", "role")
    if password is not None:
        check_password(password)


def check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("password_short", f"A password has at least {SHORTEST_PASSWORD} characters.", "password")
