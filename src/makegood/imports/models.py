"""What the import page keeps: maps for the next time, and files with what became of them."""

from django.db import models
from django.db.models import Q

from makegood.providers.models import Provider, Staff


class SavedMap(models.Model):
    """A map that was made once and can be used again. document: the map, as its TOML text would say it."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    name = models.CharField(max_length=100)
    document = models.JSONField()
    created_by = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "import_map"
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="import_map_name_unique"),
            models.CheckConstraint(name="import_map_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class FileImport(models.Model):
    """A file that was brought to the import page: mapped, checked, imported. What it did stays, its content goes.

    document: the map that is used; report: what the last check or the import answered; problem: why it could not.
    lines: of the content, by which the progress is estimated.
    progress_rows, step: how far the work in the background is. Whoever works it holds it by claim_token until
    claimed_until.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "To be mapped"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        IMPORTING = "importing", "Being imported"
        FINISHED = "finished", "Imported"
        DISCARDED = "discarded", "Discarded"

    AT_WORK = (State.CHECKING, State.IMPORTING)
    OPEN = (State.DRAFT, State.CHECKED)

    class Holds(models.TextChoices):
        CUSTOMERS = "customers", "Customers"
        BOTH = "both", "Customers with their orders"
        ORDERS = "orders", "Orders of known customers"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    created_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    lines = models.BigIntegerField(default=0)
    holds = models.CharField(max_length=10, choices=Holds.choices)
    document = models.JSONField(null=True)
    skip_bad = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    step = models.CharField(max_length=100, blank=True, default="")
    progress_rows = models.BigIntegerField(default=0)
    report = models.JSONField(null=True)
    problem = models.TextField(blank=True, default="")
    claim_token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "file_import"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="file_import_same_provider"),
            models.CheckConstraint(
                name="file_import_state",
                condition=Q(state__in=["draft", "checking", "checked", "importing", "finished", "discarded"]),
            ),
            models.CheckConstraint(name="file_import_holds", condition=Q(holds__in=["customers", "both", "orders"])),
            models.CheckConstraint(
                name="file_import_mapped", condition=Q(state__in=["draft", "discarded"]) | Q(document__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-id"], name="file_import_newest"),
            models.Index(fields=["id"], condition=Q(state__in=["checking", "importing"]), name="file_import_at_work"),
        ]

    def __str__(self) -> str:
        return self.file_name


class FileImportPart(models.Model):
    """A piece of the file's content, numbered from 0; gone when nobody needs the file any more."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    file_import = models.ForeignKey(
        FileImport, models.PROTECT, db_constraint=False, db_index=False, related_name="parts"
    )
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "file_import_part"
        constraints = [models.UniqueConstraint(fields=["file_import", "number"], name="file_import_part_once")]

    def __str__(self) -> str:
        return f"{self.file_import_id}: {self.number}"
