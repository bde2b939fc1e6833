"""The sandbox as a gateway: what it was asked lies in tables of its own, as durable as with a real processor."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from makegood.gateways.interface import (
    BalanceMovement,
    Charge,
    ChargeOrder,
    Dispute,
    Event,
    ForgedEvent,
    GatewayRefused,
    Method,
    NoAnswer,
    Refund,
    RefundOrder,
    Setup,
)
from makegood.gateways.models import Gateway, SandboxCharge, SandboxMethod, SandboxRefund
from makegood.gateways.rules import Standing
from makegood.gateways.sandbox.answers import tell_charge, tell_dispute, tell_method, tell_refund
from makegood.gateways.sandbox.balance import list_movements
from makegood.gateways.sandbox.course import course_of_charge, course_of_refund, dispute_state_at
from makegood.gateways.sandbox.names import SHORT, name_by, new_name
from makegood.gateways.sandbox.outcomes import OUTCOME_OF, OUTCOMES
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import opens_transaction

NO_ANSWER = "The sandbox does not answer, as its test method says."


class SandboxClient:
    """One provider's sandbox. Whatever writes commits by itself and refuses to work inside a transaction."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway_id, self._provider_id = gateway.pk, gateway.provider_id

    def charge(self, order: ChargeOrder) -> Charge:
        with opens_transaction():
            made, charge = self._charge_once(order)
        at = now()
        is_known = course_of_charge(charge.outcome, charge.failure_code, charge.created_at).known_at <= at
        if not is_known or (made and OUTCOME_OF[charge.outcome].silent):
            raise NoAnswer(NO_ANSWER)
        return tell_charge(charge, at)

    def _charge_once(self, order: ChargeOrder) -> tuple[bool, SandboxCharge]:
        """Whether it was made just now, and the charge of that key."""
        outcome = OUTCOME_OF[self._get_outcome(order)]
        at = now()
        fails = bool(outcome.fails) and self._count_failed(order.method, outcome.fails) < outcome.fails
        failure = outcome.failure if fails else ""
        course = course_of_charge(outcome.code, failure, at)
        parameters = {
            "provider": self._provider_id,
            "gateway": self._gateway_id,
            "reference": f"sandbox_ch_{self._name(order.key)}",
            "key": order.key,
            "owner": order.customer,
            "method": order.method,
            "outcome": outcome.code,
            "failure": failure,
            "amount": order.amount_minor,
            "at": at,
            "next_event_at": course.next_event_at(0),
        }
        made = bool(run_sql(load_sql(__package__, "sandbox_charge"), parameters))
        charge = self._charges().get(key=order.key)
        if (charge.amount_minor, charge.method, charge.owner) != (order.amount_minor, order.method, order.customer):
            raise GatewayRefused("idempotency_error", "The key was used before, for another charge.")
        return made, charge

    def _get_outcome(self, order: ChargeOrder) -> str:
        if order.amount_minor <= 0:
            raise GatewayRefused("amount_invalid", "The amount has to be greater than zero.")
        found = SandboxMethod.objects.filter(gateway_id=self._gateway_id, reference=order.method)
        method = found.values_list("owner", "outcome", "detached_at").first()
        if method is None or method[0] != order.customer or method[2] is not None:
            if known := self._charges().filter(key=order.key).values_list("outcome", flat=True).first():
                # It was charged while it could be; asked again, that is what is said.
                return known
            raise GatewayRefused("resource_missing", "The sandbox has no such payment method of this customer.")
        return method[1]

    def _count_failed(self, method: str, most: int) -> int:
        return self._charges().filter(method=method).exclude(failure_code="")[:most].count()

    def find_charge(self, reference: str) -> Charge | None:
        return self._tell_known(self._charges().filter(reference=reference).first())

    def find_charge_by_key(self, customer: str, key: str, since: datetime) -> Charge | None:
        return self._tell_known(self._charges().filter(key=key, owner=customer, created_at__gte=since).first())

    def _tell_known(self, charge: SandboxCharge | None) -> Charge | None:
        if charge is None:
            return None
        known_at = course_of_charge(charge.outcome, charge.failure_code, charge.created_at).known_at
        return tell_charge(charge, now()) if known_at <= now() else None

    def refund(self, order: RefundOrder) -> Refund:
        with opens_transaction():
            made, refund = self._refund_once(order)
        if made and OUTCOME_OF[refund.charge.outcome].refund_silent:
            raise NoAnswer(NO_ANSWER)
        return tell_refund(refund, now())

    def _refund_once(self, order: RefundOrder) -> tuple[bool, SandboxRefund]:
        charge = self._charges().select_for_update().filter(reference=order.charge).first()
        if charge is None:
            raise GatewayRefused("resource_missing", "The sandbox has no such charge.")
        earlier = self._refunds().filter(key=order.key).first()
        if earlier is not None:
            if (earlier.charge_id, earlier.amount_minor) != (charge.pk, order.amount_minor):
                raise GatewayRefused("idempotency_error", "The key was used before, for another refund.")
            return False, earlier
        at = now()
        self._require_refundable(charge, order.amount_minor, at)
        failure = OUTCOME_OF[charge.outcome].refund_failure
        refund = SandboxRefund.objects.create(
            provider_id=self._provider_id,
            gateway_id=self._gateway_id,
            charge=charge,
            reference=f"sandbox_re_{self._name(order.key)}",
            key=order.key,
            amount_minor=order.amount_minor,
            failure_code=failure,
            created_at=at,
            next_event_at=course_of_refund(charge.outcome, failure, at).next_event_at(0),
        )
        return True, refund

    def _require_refundable(self, charge: SandboxCharge, amount_minor: int, at: datetime) -> None:
        course = course_of_charge(charge.outcome, charge.failure_code, charge.created_at)
        if course.standing_at(at) != Standing.SUCCEEDED:
            raise GatewayRefused("charge_not_refundable", "Only a charge that has succeeded can be given back.")
        if dispute_state_at(charge.outcome, course, at) is not None:
            raise GatewayRefused("charge_disputed", "The charge is disputed and cannot be given back.")
        given = sum(
            refund.amount_minor
            for refund in self._refunds().filter(charge=charge)
            if tell_refund(refund, at).standing != Standing.FAILED
        )
        if not 0 < amount_minor <= charge.amount_minor - given:
            raise GatewayRefused("charge_already_refunded", "That is more than is left of the charge.")

    def find_refund(self, reference: str) -> Refund | None:
        refund = self._refunds().filter(reference=reference).first()
        return tell_refund(refund, now()) if refund else None

    def find_refund_by_key(self, charge: str, key: str) -> Refund | None:
        refund = self._refunds().filter(charge__reference=charge, key=key).first()
        return tell_refund(refund, now()) if refund else None

    def find_dispute(self, reference: str) -> Dispute | None:
        charge = self._charges().filter(reference=reference.replace("_dp_", "_ch_")).first()
        return tell_dispute(charge, now()) if charge else None

    def find_account(self) -> str:
        return ""

    def has_customer(self, reference: str) -> bool:
        # It makes up its customers' references and keeps none of them.
        return True

    def make_customer(self, key: str, number: str, name: str, email: str) -> str:
        return f"sandbox_cus_{self._name(key)}"

    def read_method(self, reference: str) -> Method:
        if reference in OUTCOME_OF:
            return tell_method(reference, reference, "")
        method = self._methods().filter(reference=reference).first()
        if method is None:
            raise GatewayRefused("resource_missing", "The sandbox has no such payment method.")
        return tell_method(method.reference, method.outcome, "" if method.detached_at else method.owner)

    def attach_method(self, reference: str, customer: str) -> Method:
        """reference: of a test method (`outcomes`), or of a method that was attached before."""
        if reference in OUTCOME_OF:
            return self._keep(reference, customer, "")
        method = self.read_method(reference)
        if method.customer != customer:
            raise GatewayRefused("method_not_attachable", "A method that was detached cannot be attached again.")
        return method

    def detach_method(self, reference: str) -> None:
        with opens_transaction():
            self._methods().filter(reference=reference, detached_at=None).update(detached_at=now())

    def start_setup(self, customer: str) -> Setup:
        reference = f"sandbox_seti_{new_name(SHORT)}.{customer}"
        return Setup(reference, reference)

    def enter_method(self, setup: str, outcome: str) -> Method:
        """What a person does in a real processor's form: chooses the test method that is then set up."""
        if outcome not in OUTCOME_OF:
            names = ", ".join(known.code for known in OUTCOMES)
            raise GatewayRefused("method_unknown", f"The sandbox has no test method “{outcome}”. It has: {names}.")
        return self._keep(outcome, setup.partition(".")[2], setup)

    def finish_setup(self, reference: str) -> Method:
        method = self._methods().filter(setup=reference).first()
        if method is None:
            raise GatewayRefused("setup_not_finished", "No payment method was entered.")
        return self.read_method(method.reference)

    def list_balance(self, since: datetime, until: datetime) -> Iterator[BalanceMovement]:
        return list_movements(self._charges(), self._refunds(), since, min(until, now() + timedelta(microseconds=1)))

    def read_event(self, body: bytes, signature: str) -> Event:
        raise ForgedEvent("The sandbox sends nothing over the network.")

    def _keep(self, outcome: str, owner: str, setup: str) -> Method:
        """The method with that outcome that was entered so, or attached to the customer; made if there is none."""
        with opens_transaction():
            run_sql(
                load_sql(__package__, "sandbox_method"),
                {
                    "provider": self._provider_id,
                    "gateway": self._gateway_id,
                    "reference": f"sandbox_pm_{new_name()}",
                    "owner": owner,
                    "outcome": outcome,
                    "setup": setup,
                },
            )
            kept = self._methods().filter(setup=setup) if setup else self._attached(owner, outcome)
            method = kept.get()
        return tell_method(method.reference, method.outcome, owner)

    def _attached(self, owner: str, outcome: str) -> QuerySet[SandboxMethod]:
        return self._methods().filter(owner=owner, outcome=outcome, detached_at=None, setup="")

    def _name(self, key: str) -> str:
        return name_by(f"{self._gateway_id} {key}")

    def _methods(self) -> QuerySet[SandboxMethod]:
        return SandboxMethod.objects.filter(gateway_id=self._gateway_id)

    def _charges(self) -> QuerySet[SandboxCharge]:
        return SandboxCharge.objects.filter(gateway_id=self._gateway_id)

    def _refunds(self) -> QuerySet[SandboxRefund]:
        return SandboxRefund.objects.select_related("charge").filter(gateway_id=self._gateway_id)
