"""Addresses: credit runs, and the credit window."""

from django.urls import path, re_path

from makegood.web.runs import actions, bills, credit_window, list_pages, run_pages

urlpatterns = [
    re_path(
        r"^(?P<list_name>customers|orders)/credits/new$", credit_window.add_to_selection, name="add-customer-credit"
    ),
    path("customers/<int:pk>/credits/new", credit_window.add_to_customer, name="customer-credit-new"),
    path("credits/total", credit_window.show_total, name="credit-window-total"),
    path("runs", list_pages.show, name="runs"),
    path("runs/count", list_pages.count, name="runs-count"),
    path("runs.csv", list_pages.export, name="runs-csv"),
    path("runs/<int:pk>", run_pages.show, name="run"),
    path("runs/<int:pk>/progress", run_pages.show_progress, name="run-progress"),
    path("runs/<int:pk>/rehearsal", run_pages.show_rehearsal, name="run-rehearsal"),
    path("runs/<int:pk>/bills", bills.show, name="run-bills"),
    path("runs/<int:pk>/proof", run_pages.show_proof, name="run-proof"),
    path("runs/<int:pk>/customers", list_pages.show_rows, name="run-rows"),
    path("runs/<int:pk>/customers/count", list_pages.count_rows, name="run-rows-count"),
    path("runs/<int:pk>/customers.csv", list_pages.export_rows, name="run-rows-csv"),
    path("runs/<int:pk>/start", actions.start, name="run-start"),
    path("runs/<int:pk>/cancel", actions.cancel, name="run-cancel"),
    path("runs/<int:pk>/stop", actions.stop, name="run-stop"),
    path("runs/<int:pk>/resume", actions.resume, name="run-resume"),
    path("runs/<int:pk>/give-up", actions.give_up, name="run-give-up"),
    path("runs/<int:pk>/retry", actions.retry, name="run-retry"),
    path("runs/<int:pk>/take-back", actions.take_back, name="run-take-back"),
]
