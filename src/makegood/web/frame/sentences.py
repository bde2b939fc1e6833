"""Sentences of services on pages: what is a day for programs is a day for people there."""

import re
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

from makegood.kit.clock import now

_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")


def in_words(sentence: str) -> str:
    """The sentence with its days as pages write them: ``Dec 1, 2026 has not come yet.``"""
    return _DAY.sub(lambda found: _say(found[0]), sentence)


def say_time(at: datetime) -> str:
    """A moment on the provider's clock: ``3:04 p.m.`` if it is today, else ``Nov 22, 3:04 p.m.``"""
    local = timezone.localtime(at)
    return date_format(local, "P" if local.date() == timezone.localtime(now()).date() else "M j, P")


def _say(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "M j, Y")
    except ValueError:
        return text
