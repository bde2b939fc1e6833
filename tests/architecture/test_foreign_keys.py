"""Foreign keys point down, and cannot name another provider's record.

import-linter does not see a key that is written as a string, and Django knows nothing of keys over two columns.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, ManyToManyField, Model

from tests.support.layers import rank_folders

# Their rows come from locked parents in the statement that writes them, and `makegood verify` proves the references.
HOT_TABLES = {
    "run_row",
    "credit",
    "credit_entry",
    "credit_use",
    "message",
    "message_body",
    "invoice",
    "invoice_line",
    "invoice_tax",
    "receivable_entry",
    "order_billing",
    "charge",
    "payment_allocation",
    "payment_claim",
    "payment_movement",
    "collection",
}

COMPOSITE_KEYS = """
    SELECT
        pg_constraint.conrelid::regclass::text AS from_table,
        array_agg(here.attname::text ORDER BY position.n) AS columns,
        pg_constraint.confrelid::regclass::text AS to_table,
        array_agg(there.attname::text ORDER BY position.n) AS to_columns
    FROM pg_constraint
    CROSS JOIN LATERAL unnest(pg_constraint.conkey, pg_constraint.confkey) WITH ORDINALITY AS position (a, b, n)
    JOIN pg_attribute AS here ON here.attrelid = pg_constraint.conrelid AND here.attnum = position.a
    JOIN pg_attribute AS there ON there.attrelid = pg_constraint.confrelid AND there.attnum = position.b
    WHERE pg_constraint.contype = 'f' AND cardinality(pg_constraint.conkey) > 1
    GROUP BY pg_constraint.oid
"""


def list_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("makegood.")]


def list_keys(model: type[Model]) -> "Iterator[tuple[Field[object, object], type[Model]]]":
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | ManyToManyField):
            target = field.remote_field.model
            assert not isinstance(target, str), f"{model.__name__}.{field.name} points nowhere"
            yield field, target


def has_provider(model: type[Model]) -> bool:
    return any(field.name == "provider" for field in model._meta.get_fields())


def test_keys_point_down() -> None:
    heights = rank_folders()
    up = [
        f"{model.__module__}.{model.__name__}.{field.name} points to {target.__module__}.{target.__name__}"
        for model in list_models()
        for field, target in list_keys(model)
        if target.__module__.startswith("makegood.")
        and target._meta.app_label != model._meta.app_label
        and heights[target._meta.app_label] >= heights[model._meta.app_label]
    ]
    assert up == []


def test_every_app_has_its_place() -> None:
    assert {model._meta.app_label for model in list_models()} <= set(rank_folders())


@pytest.mark.sql
def test_keys_between_a_providers_records_hold_the_provider(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COMPOSITE_KEYS)
        held = {(row[0], tuple(row[1]), row[2], tuple(row[3])) for row in cursor.fetchall()}
    missing = [
        f"{model._meta.db_table}.{field.column} to {target._meta.db_table}"
        for model in list_models()
        if has_provider(model) and model._meta.db_table not in HOT_TABLES
        for field, target in list_keys(model)
        if has_provider(target) and not is_held(model, field, target, held)
    ]
    assert missing == []


def is_held(
    model: type[Model],
    field: "Field[object, object]",
    target: type[Model],
    held: set[tuple[str, tuple[str, ...], str, tuple[str, ...]]],
) -> bool:
    """Whether a key over the provider and the record stands in the database; the record's key may be another's too."""
    assert target._meta.pk is not None
    wanted = {("provider_id", "provider_id"), (str(field.column), str(target._meta.pk.column))}
    return any(
        (here, there) == (model._meta.db_table, target._meta.db_table)
        and set(zip(columns, to_columns, strict=True)) == wanted
        for here, columns, there, to_columns in held
    )


@pytest.mark.sql
def test_hot_tables_pay_for_no_key(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
        with_keys = {str(row[0]) for row in cursor.fetchall()}
    assert with_keys & HOT_TABLES == set()


def test_provider_is_a_column_wherever_it_should_be() -> None:
    # The audit stands below providers and names them by number; what people do to their own password is no provider's.
    allowed = {"provider", "staff", "audit_entry"}
    without = {model._meta.db_table for model in list_models() if not has_provider(model)}
    assert without <= allowed
