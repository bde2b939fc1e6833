"""Addresses: what a person has selected on a list."""

from django.urls import path

from makegood.web.selection import pages

urlpatterns = [
    path("selection/<slug:list_name>", pages.show_bar, name="selection"),
    path("selection/<slug:list_name>/count", pages.count, name="selection-count"),
    path("selection/<slug:list_name>/tick", pages.tick, name="selection-tick"),
    path("selection/<slug:list_name>/page", pages.take_page, name="selection-page"),
    path("selection/<slug:list_name>/all", pages.select_all, name="selection-all"),
    path("selection/<slug:list_name>/clear", pages.clear, name="selection-clear"),
]
