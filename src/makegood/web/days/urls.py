"""Addresses of the days."""

from django.urls import path

from makegood.web.days import list_pages

urlpatterns = [
    path("days", list_pages.show, name="days"),
    path("days/count", list_pages.count, name="days-count"),
    path("days.csv", list_pages.export, name="days-csv"),
]
