"""Chance that is the same each time."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def choose(candidates: Sequence[T], most: int, what: str) -> list[T]:
    """Some of them, at most so many; for the same purpose always the same of the same ones."""
    chance = random.Random(f"demo: {what}")
    return chance.sample(candidates, min(most, len(candidates)))
