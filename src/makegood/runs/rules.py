"""The states of a run and what makes two requests the same. Pure: no database."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices


class State(TextChoices):
    """Where a run stands; `TRANSITIONS` says where it can go."""

    PREPARING = "preparing", "Preparing"
    DRAFT = "draft", "Draft"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    STOPPING = "stopping", "Stopping"
    STOPPED = "stopped", "Stopped"
    PARKED = "parked", "Parked"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.PREPARING: (State.DRAFT, State.CANCELLED),
    State.DRAFT: (State.QUEUED, State.CANCELLED),
    State.QUEUED: (State.RUNNING, State.STOPPED),
    State.RUNNING: (State.STOPPING, State.FINISHED, State.PARKED),
    State.STOPPING: (State.STOPPED, State.FINISHED, State.PARKED),
    State.STOPPED: (State.QUEUED, State.FINISHED),
    State.PARKED: (State.QUEUED, State.FINISHED),
    State.FINISHED: (State.QUEUED,),
    State.CANCELLED: (),
}
"""The state chart; a trigger on the table holds the same, and a test holds the two together."""

AT_WORK = (State.QUEUED, State.RUNNING, State.STOPPING)
"""States in which the run gets on by itself."""

SETTLED = (State.STOPPED, State.PARKED, State.FINISHED, State.CANCELLED)
"""States in which nothing happens until a person asks for it."""


def hash_request(request: Mapping[str, Any]) -> str:
    """The same for the same request: what was asked for, not the list that it matched."""
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
