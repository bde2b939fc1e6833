"""Giving many customers test methods of the sandbox at once."""

from collections.abc import Mapping

from makegood.gateways.interface import Method
from makegood.gateways.models import Gateway, SandboxMethod
from makegood.gateways.sandbox.answers import tell_method
from makegood.gateways.sandbox.names import new_name
from makegood.kit.transactions import demand_transaction


def attach_test_methods(gateway: Gateway, outcomes: Mapping[str, str]) -> dict[str, Method]:
    """One test method each, by what the sandbox calls its customer. One statement; demands a transaction.

    outcomes: names of test methods, by customer. For customers who have none of that name yet.
    """
    demand_transaction()
    made = SandboxMethod.objects.bulk_create(
        SandboxMethod(
            provider_id=gateway.provider_id,
            gateway=gateway,
            reference=f"sandbox_pm_{new_name()}",
            owner=owner,
            outcome=outcome,
        )
        for owner, outcome in outcomes.items()
    )
    return {each.owner: tell_method(each.reference, each.outcome, each.owner) for each in made}
