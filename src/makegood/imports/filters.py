"""The filters of the list of imports."""

import django_filters as filters
from django.db.models import QuerySet

from makegood.imports.models import FileImport
from makegood.kit.filters import FilterValues, ListFilter, filter_strictly
from makegood.providers.models import Provider


class FileImportFilter(ListFilter):
    """By name of the file, by state, by what it holds."""

    q = filters.CharFilter(field_name="file_name", lookup_expr="icontains", label="Search")
    state = filters.MultipleChoiceFilter(choices=FileImport.State.choices, label="State")
    holds = filters.MultipleChoiceFilter(choices=FileImport.Holds.choices, label="Holds")

    class Meta:
        model = FileImport
        fields: list[str] = []


def list_matching_imports(provider: Provider, values: FilterValues) -> QuerySet[FileImport]:
    """The provider's imports that match, unordered. Refused for a filter that is unknown or cannot be used."""
    return filter_strictly(FileImportFilter, provider, FileImport.objects.filter(provider=provider), values)
