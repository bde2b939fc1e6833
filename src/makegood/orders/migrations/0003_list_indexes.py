from django.db import migrations, models

# As the searches of lists write it: letters are compared in upper case.
TEXT_INSIDE = """
CREATE INDEX customer_order_text_inside ON customer_order USING gin (
    upper(number::text) gin_trgm_ops, upper(street::text) gin_trgm_ops
)
"""
SORTED_BY = {
    "customer_order_area_sorted": "area",
    "customer_order_by_street": "street",
    "customer_order_by_status": "status",
    "customer_order_by_price": "price_minor",
    "customer_order_by_start": "from_date",
    "customer_order_by_end": "to_date",
}


class Migration(migrations.Migration):
    """What the Order List is sorted by and searched in."""

    # The extension for trigrams comes with the customers.
    dependencies = [("customers", "0003_list_indexes"), ("orders", "0002_guards"), ("providers", "0003_limits")]
    operations = [
        migrations.RunSQL(TEXT_INSIDE, "DROP INDEX customer_order_text_inside"),
        *(
            migrations.AddIndex(model_name="order", index=models.Index(fields=["provider", field, "number"], name=name))
            for name, field in SORTED_BY.items()
        ),
        migrations.AddIndex(
            model_name="order",
            # With the id, the orders of the first services are found and sorted in the index alone.
            index=models.Index(
                fields=["provider", "service", "number"], include=["id"], name="customer_order_by_service"
            ),
        ),
    ]
