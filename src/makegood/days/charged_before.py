"""Whom autopay is still to charge on a day, for the rehearsal of credits."""

from makegood.days.rules import STEPS, Step
from makegood.kit.sql import compose_sql, load_sql
from makegood.payments.to_charge import to_charge_sql


def charged_before_sql() -> str:
    """The query for the customers of a draft; `provider` and `day` are its parameters."""
    upto = STEPS[: STEPS.index(Step.CHARGE) + 1]
    return compose_sql(
        load_sql(__package__, "charged_before"),
        to_charge=to_charge_sql(),
        upto=", ".join(f"'{step.value}'" for step in upto),
    )
