"""What the races share: a database with real commits and somebody who may give credits."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from makegood.providers.models import Membership


@pytest.fixture
def manager(committed_db: dict[str, str], settings: Settings) -> "Membership":
    """A manager of a new provider; runs go in small chunks, so that there is something to come between."""
    from tests.support.records import add_person, add_provider

    settings.MAKEGOOD_CHUNK_ROWS = 50
    return add_person(add_provider(), "manager")


@pytest.fixture
def somebody(committed_db: dict[str, str]) -> Iterator[psycopg.Connection]:
    """Somebody else's connection, with a transaction of its own."""
    with psycopg.connect(committed_db["DATABASE_URL"]) as connection:
        yield connection
        connection.rollback()
