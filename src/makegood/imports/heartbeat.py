"""Signs of life while a file is imported: beside the one transaction, over a connection of their own."""

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from makegood.imports.models import FileImport

MOST_SECONDS_BETWEEN_SIGNS = 1.0
SIGNS_IN_A_CLAIM = 4


class Heartbeat:
    """During the block, tells once a second how far the work is, and renews its claim."""

    def __init__(self, import_id: int, token: UUID, end_of_claim: Callable[[], datetime]) -> None:
        self._mine = {"pk": import_id, "claim_token": token}
        self._end_of_claim = end_of_claim
        self._said: dict[str, Any] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"import {import_id}", daemon=True)

    def tell_step(self, step: str) -> None:
        """What is done now, in a few words."""
        self._said["step"] = step

    def tell_rows(self, rows: int) -> None:
        """How many rows are read."""
        self._said["progress_rows"] = rows

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # The import is committed or rolled back by now, so nothing that the thread may wait for is held.
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        pause = min(MOST_SECONDS_BETWEEN_SIGNS, settings.MAKEGOOD_LEASE_SECONDS / SIGNS_IN_A_CLAIM)
        try:
            while not self._over.wait(pause):
                said = dict(self._said)
                FileImport.objects.filter(**self._mine).update(claimed_until=self._end_of_claim(), **said)
        except (DatabaseError, InterfaceError):
            # Who cannot say that it is alive may lose the claim, and then commits nothing.
            return
        finally:
            connection.close()
