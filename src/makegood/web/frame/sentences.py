"""Sentences of services on pages: what is a day for programs is a day for people there."""

import re
from datetime import date

from django.utils.formats import date_format

_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")


def in_words(sentence: str) -> str:
    """The sentence with its days as pages write them: ``Dec 1, 2026 has not come yet.``"""
    return _DAY.sub(lambda found: _say(found[0]), sentence)


def _say(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "M j, Y")
    except ValueError:
        return text
