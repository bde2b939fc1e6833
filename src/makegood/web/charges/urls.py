"""Addresses: the charge window, charges, and discounts and surcharges on orders."""

from django.urls import path, re_path

from makegood.web.charges import adjustment_pages, charge_pages, charge_window, list_pages

urlpatterns = [
    re_path(
        r"^(?P<list_name>customers|orders)/charges/new$", charge_window.add_to_selection, name="add-customer-charge"
    ),
    path("customers/<int:pk>/charges/new", charge_window.add_to_customer, name="customer-charge-new"),
    path("customers/<int:pk>/charges/bill", charge_pages.bill, name="customer-bill-now"),
    path("charges/total", charge_window.show_total, name="charge-window-total"),
    path("charges", list_pages.show, name="charges"),
    path("charges/count", list_pages.count, name="charges-count"),
    path("charges.csv", list_pages.export, name="charges-csv"),
    path("charges/<int:pk>", charge_pages.show, name="charge"),
    path("charges/<int:pk>/cancel", charge_pages.cancel, name="charge-cancel"),
    path("runs/<int:pk>/cancel-charges", charge_pages.cancel_of_run, name="run-cancel-charges"),
    path("orders/<int:pk>/adjustments/new", adjustment_pages.add, name="adjustment-new"),
    path("adjustments/<int:pk>/end", adjustment_pages.end, name="adjustment-end"),
]
