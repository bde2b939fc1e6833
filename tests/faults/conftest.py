"""What the faults share: a database with real commits, somebody who may give credits, and its owner."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from makegood.providers.models import Membership


@pytest.fixture
def manager(committed_db: dict[str, str], settings: Settings) -> "Membership":
    """A manager of a new provider; runs go in small chunks, so that much can go wrong between and inside them."""
    from tests.support.records import add_person, add_provider

    settings.MAKEGOOD_CHUNK_ROWS = 50
    return add_person(add_provider(), "manager")


@pytest.fixture
def owner(committed_db: dict[str, str]) -> Iterator[psycopg.Connection]:
    """A connection that owns the tables: it can add triggers, and end other connections."""
    with psycopg.connect(committed_db["DATABASE_URL"], autocommit=True) as connection:
        yield connection
