from django.db import models
from django.db.models import F, Q

from makegood.customers.models import Customer
from makegood.orders.models import Order
from makegood.providers.models import Provider, Staff
from makegood.runs.rules import State


class Selection(models.Model):
    """What a person has selected on a list: the records of its items, or all that match a filter except its items.

    is_current: the one that the person's pages show and change; there is at most one for each list. All others are
    what a run was made of, and never change.
    """

    class List(models.TextChoices):
        CUSTOMERS = "customers", "Customer List"
        ORDERS = "orders", "Order List"

    class Mode(models.TextChoices):
        LISTED = "listed", "The listed records"
        MATCHING = "matching", "All that match, except the listed"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    list_name = models.CharField(max_length=10, choices=List.choices)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    filter = models.JSONField(default=dict)
    is_current = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "selection"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="selection_same_provider"),
            models.UniqueConstraint(
                fields=["provider", "staff", "list_name"], condition=Q(is_current=True), name="selection_current_once"
            ),
            models.CheckConstraint(name="selection_list", condition=Q(list_name__in=["customers", "orders"])),
            models.CheckConstraint(name="selection_mode", condition=Q(mode__in=["listed", "matching"])),
        ]
        indexes = [models.Index(fields=["provider", "staff", "list_name"], name="selection_of_person")]

    def __str__(self) -> str:
        return f"{self.mode} on {self.list_name}"


class SelectionItem(models.Model):
    """One record of a selection: selected, or excluded where all that match are selected."""

    pk = models.CompositePrimaryKey("selection_id", "record_id")
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    selection = models.ForeignKey(Selection, models.CASCADE, db_constraint=False, db_index=False, related_name="items")
    record_id = models.BigIntegerField()

    class Meta:
        db_table = "selection_item"

    def __str__(self) -> str:
        return f"{self.selection_id}: {self.record_id}"


class Run(models.Model):
    """A list frozen into rows, and how far it has been carried out. Amounts in minor units.

    records_shown: how many the person saw selected when asking; None if nobody saw a number.
    records_selected: records on the list, such as orders; there are fewer rows where a customer's orders count as one.
    created_by: who asked for the list; None for the provider's day, which does by itself what is due.
    started_by: who last started, resumed or retried it, and answers for what is booked since then.

    The rows of a customer are at most `cursor_customer_id` when the first pass has dealt with them. Who holds the
    lease works the run; each chunk is committed together with the counters, so they are never apart.
    """

    class Unit(models.TextChoices):
        CUSTOMER = "customer", "One per customer"
        ORDER = "order", "One per order"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    list_name = models.CharField(max_length=10, choices=Selection.List.choices)
    selection = models.ForeignKey(Selection, models.PROTECT, null=True, db_constraint=False, db_index=False)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, db_constraint=False, db_index=False)
    key = models.CharField(max_length=200, null=True)
    request = models.JSONField()
    request_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False)
    started_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    records_shown = models.IntegerField(null=True)
    records_selected = models.IntegerField(default=0)
    rows_selected = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    rows_skipped = models.IntegerField(default=0)
    rows_failed = models.IntegerField(default=0)
    customers_selected = models.IntegerField(default=0)
    customers_done = models.IntegerField(default=0)
    customers_skipped = models.IntegerField(default=0)
    customers_failed = models.IntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    booked_minor = models.BigIntegerField(default=0)
    cursor_customer_id = models.BigIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    parked_because = models.TextField(blank=True, default="")

    class Meta:
        db_table = "run"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="run_same_provider"),
            models.UniqueConstraint(fields=["provider", "key"], name="run_key_unique"),
            models.CheckConstraint(name="run_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="run_unit_known", condition=Q(unit__in=["customer", "order"])),
            models.CheckConstraint(
                name="run_rows_add_up",
                condition=Q(rows_selected__gte=F("rows_done") + F("rows_skipped") + F("rows_failed"))
                & Q(rows_done__gte=0, rows_skipped__gte=0, rows_failed__gte=0),
            ),
            models.CheckConstraint(
                name="run_customers_add_up",
                condition=Q(
                    customers_selected__gte=F("customers_done") + F("customers_skipped") + F("customers_failed")
                )
                & Q(customers_done__gte=0, customers_skipped__gte=0, customers_failed__gte=0),
            ),
            models.CheckConstraint(
                name="run_books_no_more_than_rehearsed",
                condition=Q(booked_minor__gte=0, booked_minor__lte=F("total_minor")),
            ),
            models.CheckConstraint(
                name="run_finished_leaves_nothing_waiting",
                condition=~Q(state="finished")
                | Q(
                    rows_selected=F("rows_done") + F("rows_skipped") + F("rows_failed"),
                    customers_selected=F("customers_done") + F("customers_skipped") + F("customers_failed"),
                ),
            ),
            models.CheckConstraint(
                name="run_is_held_only_at_work",
                condition=Q(lease_token=None) | Q(state__in=["running", "stopping"]),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-id"], name="run_newest_first"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["queued", "running", "stopping", "preparing"]),
                name="run_unfinished",
            ),
            models.Index(fields=["provider", "request_hash"], name="run_same_request"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} run {self.pk}"

    @property
    def rows_waiting(self) -> int:
        return self.rows_selected - self.rows_done - self.rows_skipped - self.rows_failed

    @property
    def customers_waiting(self) -> int:
        return self.customers_selected - self.customers_done - self.customers_skipped - self.customers_failed


class RunRow(models.Model):
    """One customer, or one order of a customer, of a run. Frozen: only the outcome changes.

    The outcome is empty while the row waits and stays so when it is done: a row without outcome is done when its
    customer is not beyond the run's cursor. Writing it to each row would cost a run almost half as much again.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    run = models.ForeignKey(Run, models.PROTECT, db_constraint=False, db_index=False, related_name="rows")
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, db_constraint=False, db_index=False)
    amount_minor = models.BigIntegerField()
    outcome = models.CharField(max_length=24, null=True)
    reverses_row = models.ForeignKey("self", models.PROTECT, null=True, db_constraint=False, db_index=False)

    class Meta:
        db_table = "run_row"
        constraints = [
            models.UniqueConstraint(fields=["run", "customer", "order"], name="run_row_once", nulls_distinct=False),
            models.CheckConstraint(name="run_row_amount", condition=Q(amount_minor__gte=0)),
        ]
        indexes = [
            models.Index(
                fields=["run", "outcome", "customer"], condition=Q(outcome__isnull=False), name="run_row_by_outcome"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, customer {self.customer_id}"
