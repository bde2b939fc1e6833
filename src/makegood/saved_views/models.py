from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from makegood.providers.models import Provider, Staff


class SavedFilter(models.Model):
    """What a list was filtered and sorted by, under a name. shared: everybody of the provider's staff sees it.

    query: `filters`, name to values, and `sort`, as they stand in the list's address.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    list_name = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.JSONField()
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "saved_filter"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="saved_filter_same_provider"),
            models.UniqueConstraint(
                F("provider"), F("staff"), F("list_name"), Lower("name"), name="saved_filter_name_unique"
            ),
            models.CheckConstraint(name="saved_filter_name_given", condition=~Q(name="")),
        ]
        indexes = [models.Index(fields=["provider", "list_name"], condition=Q(shared=True), name="saved_filter_shared")]

    def __str__(self) -> str:
        return self.name


class ChosenColumns(models.Model):
    """The columns that a person sees of a list, where they are not the list's own choice."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    list_name = models.CharField(max_length=40)
    columns = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "chosen_columns"
        constraints = [
            models.UniqueConstraint(fields=["provider", "staff", "list_name"], name="chosen_columns_once"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name}: {', '.join(self.columns)}"
