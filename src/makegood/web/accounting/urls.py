"""Addresses: reports, the journal, and the months of the books."""

from django.urls import path

from makegood.web.accounting import clearing_pages, journal_pages, month_pages, report_pages

urlpatterns = [
    path("reports/trial-balance", report_pages.show_trial_balance, name="trial-balance"),
    path("reports/trial-balance.csv", report_pages.export_trial_balance, name="trial-balance-csv"),
    path("reports/funds", report_pages.show_funds, name="funds-report"),
    path("reports/funds.csv", report_pages.export_funds, name="funds-report-csv"),
    path("reports/receivables", report_pages.show_receivables, name="receivables-report"),
    path("reports/receivables.csv", report_pages.export_receivables, name="receivables-report-csv"),
    path("reports/receivables/by-age", report_pages.show_aged, name="aged-report"),
    path("reports/receivables/by-age.csv", report_pages.export_aged, name="aged-report-csv"),
    path("reports/clearing", clearing_pages.show, name="clearing-report"),
    path("reports/clearing.csv", clearing_pages.export, name="clearing-report-csv"),
    path("reports/clearing/fetch", clearing_pages.fetch, name="clearing-fetch"),
    path("reports/journal", journal_pages.show, name="journal"),
    path("reports/journal/count", journal_pages.count, name="journal-count"),
    path("reports/journal.csv", journal_pages.export, name="journal-csv"),
    path("reports/journal/<int:pk>", journal_pages.show_entry, name="journal-entry"),
    path("reports/months", month_pages.show, name="months"),
    path("reports/months/<str:month>/close", month_pages.close, name="month-close"),
]
