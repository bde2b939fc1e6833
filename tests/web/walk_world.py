"""Two service providers that have one of everything, so that every page has something to be about."""

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.emails.models import Message
from makegood.imports.file_imports import bring_file
from makegood.invoices.selectors import list_invoices_of_run
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.notifications.models import Notification
from makegood.notifications.services import notify
from makegood.orders.models import Order, Service
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import suspend_order, terminate_order
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Role
from makegood.runs.models import Run
from makegood.runs.rules import SETTLED
from makegood.runs.services.select import select_listed
from makegood.saved_views.services import save_filter
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.services import add_template
from tests.support import billing, charges, records, sandbox
from tests.support.processes import await_that
from tests.web.walk_keys import World
from tests.web.walk_money import (
    add_event,
    add_failed_payment,
    add_method,
    add_payment,
    add_refunded,
    find_refund,
    find_refund_part,
)

ROLES = tuple(Role.values)
FAR_AWAY = date(2099, 12, 31)


def make_world(slug: str, mark: str, tail: str = "") -> World:
    """Everything in it carries the mark, so that nothing of it can be shown without being seen."""
    provider = records.add_provider(slug, name=f"{mark} Fiber{tail}")
    people = {role: records.add_person(provider, role, f"{role}@{mark.lower()}.example") for role in ROLES}
    world = World(provider, mark, tail, people)
    world.keys["gateway"] = sandbox.connect_after_stripe(people["admin"]).pk
    _add_records(world, 0)
    world.keys.update(_find_keys(world))
    world.keys.update(_add_what_has_ended(world))
    world.keys["invoice_draft"] = _draft_invoice(world, f"{mark}-some").pk
    world.own["notification"] = {role: _tell(world, membership) for role, membership in people.items()}
    world.own["saved_filter"] = {role: _save_filter(world, membership) for role, membership in people.items()}
    return world.seen_by("manager")


def grow(world: World, times: int) -> None:
    """So much more of everything that lists show. The keys stay those of the first records."""
    for number in range(1, times + 1):
        _add_records(world, number)


def _add_records(world: World, number: int) -> None:
    _add_customer(world, number)
    _add_settings(world, number)
    _add_runs(world, number)
    world.keys.setdefault("payment", add_payment(world, number))
    world.keys.setdefault("payment_method", add_method(world, number))
    world.keys.setdefault("charged_payment", add_failed_payment(world, number))
    world.keys.setdefault("gateway_event", add_event(world, number))
    world.keys.setdefault("refunded_invoice", add_refunded(world, number))
    world.keys.setdefault("refund_part", find_refund_part(world.keys["refunded_invoice"]))
    world.keys.setdefault("refund", find_refund(world.keys["refunded_invoice"]))
    world.keys.setdefault("import", _bring_file(world, number))
    world.keys.setdefault("invoice", _add_invoice(world, number))


def _add_customer(world: World, number: int) -> None:
    account = f"{world.mark}-{number}"
    records.add_service(world.provider, world.name(f"service {number}"))
    records.add_customer(
        world.provider, account, name=world.name(f"person {number}"), areas=[world.name("Bay")] * 2, autopay=True
    )


def _add_settings(world: World, number: int) -> None:
    add_template(
        provider=world.provider,
        name=world.name(f"template {number}"),
        direction="credit",
        amount_minor=700,
        description=world.name("words"),
        gl_code=get_gl_code(world.provider, "4910"),
        staff_id=None,
    )


def _add_runs(world: World, number: int) -> None:
    manager, area = world.people["manager"], world.name("Bay")
    described = world.name(f"credit {number}")
    run = records.credit(manager, area=area, amount_minor=500 + number, description=described, notify=True)
    await_rest(run)
    mistake = records.credit(manager, area=area, amount_minor=1, description=world.name("mistake"))
    await_rest(records.take_back(manager, await_rest(mistake)))
    draft = records.draft_credit(manager, area=area, amount_minor=900 + number)
    _add_charges(world, number)
    world.keys.setdefault("run", run.pk)
    world.keys.setdefault("draft", draft.pk)


def _add_charges(world: World, number: int) -> None:
    """Charges of which some wait and some are cancelled, a drafted run of them, and a discount on an order."""
    manager, area = world.people["manager"], world.name("Bay")
    described = world.name(f"visit {number}")
    run = await_rest(charges.charge(manager, area=area, amount_minor=300 + number, description=described))
    mistake = await_rest(charges.charge(manager, area=area, amount_minor=2, description=world.name("mistake")))
    await_rest(charges.cancel_run_of(manager, mistake))
    draft = charges.draft_charge(manager, area=area, description=described)
    order = Order.objects.select_related("provider", "customer").filter(provider=world.provider).earliest("pk")
    adjustment = charges.adjust(manager, order, description=world.name(f"discount {number}"))
    world.keys.setdefault("charge_run", run.pk)
    world.keys.setdefault("charge_draft", draft.pk)
    world.keys.setdefault("adjustment", adjustment.pk)
    world.keys.setdefault("charge", run.rows.select_related("charge").earliest("pk").charge.pk)


def _add_invoice(world: World, number: int) -> int:
    """An invoice of this month with lines of services and charges, issued in a run of its own."""
    provider, manager = world.provider, world.people["manager"]
    today = today_of(provider)
    billing.set_up_billing(provider, invoices_from=today.replace(day=1), review_drafts=True)
    run = _draft_invoice(world, f"{world.mark}-{number}")
    await_rest(records.finish(records.start(run, manager)))
    return int(list_invoices_of_run(provider, run.pk).get().pk)


def _draft_invoice(world: World, customer_number: str) -> Run:
    """An invoice run of one customer that is to be reviewed."""
    provider, manager = world.provider, world.people["manager"]
    ids = [get_customer(provider, customer_number).pk]
    selection = select_listed(membership=manager, list_name="customers", record_ids=ids)
    run, _ = prepare_invoice_run(membership=manager, provider=provider, day=today_of(provider), selection=selection)
    return run


def await_rest(run: Run) -> Run:
    """The run at rest; where commits are real and a worker runs, it may be the worker who brings it there."""
    await_that(lambda: records.reload(run).state in SETTLED, f"run {run.pk} comes to rest")
    return records.reload(run)


def _find_keys(world: World) -> dict[str, Any]:
    """One record of each kind."""
    provider = world.provider
    customer = Customer.objects.filter(provider=provider).earliest("pk")
    return {
        "provider": provider.slug,
        "customer": customer.pk,
        "order": Order.objects.filter(customer=customer).earliest("pk").pk,
        "service": Service.objects.filter(provider=provider, name__startswith=world.mark).earliest("pk").pk,
        "gl_code": get_gl_code(provider, "4910").pk,
        "template": TransactionTemplate.objects.filter(provider=provider).earliest("pk").pk,
        "credit": Credit.objects.filter(customer=customer).earliest("pk").pk,
        "journal_entry": JournalEntry.objects.filter(provider=provider).earliest("pk").pk,
        "message": Message.objects.filter(customer=customer).earliest("pk").pk,
        "membership": world.people["viewer"].pk,
    }


def _add_what_has_ended(world: World) -> dict[str, Any]:
    """Records in states that other pages are for."""
    closed = records.add_customer(world.provider, f"{world.mark}-closed", name=world.name("who left"))
    close_customer(customer=closed, staff_id=None)
    customer = records.add_customer(
        world.provider, f"{world.mark}-some", name=world.name("who stays"), areas=["Bay"] * 3
    )
    suspended, ending, ended = Order.objects.filter(customer=customer).order_by("pk")
    suspend_order(order=suspended, staff_id=None)
    terminate_order(order=ending, to_date=FAR_AWAY, staff_id=None)
    terminate_order(order=ended, to_date=records.FIRST_DAY, staff_id=None)
    return {
        "closed_customer": closed.pk,
        "suspended_order": suspended.pk,
        "ending_order": ending.pk,
        "ended_order": ended.pk,
    }


def _tell(world: World, membership: Membership) -> int:
    """A notification of the person's own."""
    with transaction.atomic():
        notify(
            provider_id=world.provider.pk,
            staff_ids=[membership.staff_id],
            level=Notification.Level.SUCCESS,
            title=world.name("is done")[:200],
            body=world.name("all is well"),
            subject_type="run",
            subject_id=world.keys["run"],
        )
    return int(Notification.objects.filter(staff_id=membership.staff_id).latest("pk").pk)


def _save_filter(world: World, membership: Membership) -> int:
    """A saved filter of the person's own."""
    saved = save_filter(
        membership=membership,
        list_name="customers",
        name=f"{world.mark} filter",
        filters={"area": [world.name("Bay")]},
    )
    return int(saved.pk)


def _bring_file(world: World, number: int) -> int:
    """A file that is to be mapped."""
    content = f"Number,Name\n{world.mark}-9{number},{world.name('from a file')}\n".encode()
    brought = bring_file(
        membership=world.people["manager"], file_name=f"{world.mark}-{number}.csv", content=[content], holds="customers"
    )
    return int(brought.pk)


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    """What is done in the block has not been done after it."""
    outer = transaction.atomic()
    # Services that open the outermost transaction take this one for a test's.
    outer._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test cases mark theirs
    with outer:
        yield
        transaction.set_rollback(True)
