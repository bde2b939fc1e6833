"""Addresses: import of customers and orders."""

from django.urls import path

from makegood.web.imports import map_pages, pages

urlpatterns = [
    path("imports", pages.show_all, name="imports"),
    path("imports/count", pages.count, name="imports-count"),
    path("imports.csv", pages.export, name="imports-csv"),
    path("imports/new", pages.bring, name="import-new"),
    path("imports/<int:pk>", pages.show, name="import"),
    path("imports/<int:pk>/map", map_pages.map_file, name="import-map"),
    path("imports/<int:pk>/progress", pages.show_progress, name="import-progress"),
    path("imports/<int:pk>/check", pages.check, name="import-check"),
    path("imports/<int:pk>/start", pages.start, name="import-start"),
    path("imports/<int:pk>/discard", pages.throw_away, name="import-discard"),
    path("imports/<int:pk>/bad.csv", pages.export_bad, name="import-bad"),
]
