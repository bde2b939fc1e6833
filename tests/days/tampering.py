"""What breaks the days of a provider, as only the owner of the tables could."""

from collections.abc import Sequence

TAMPERING_WITH_DAYS: dict[str, tuple[str, Sequence[str]]] = {
    "a day in between is removed": (
        "DELETE FROM provider_day WHERE day = (SELECT min(day) + 1 FROM provider_day)",
        ["days_in_order"],
    ),
    "a day was not finished before the next began": (
        "UPDATE provider_day SET finished_at = NULL, step = 'expire' WHERE day = (SELECT min(day) FROM provider_day)",
        ["days_in_order"],
    ),
    "the provider's calendar goes back": ("UPDATE provider SET day_reached = day_reached - 1", ["days_in_order"]),
}
