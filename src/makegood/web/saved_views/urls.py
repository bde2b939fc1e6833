"""Addresses: saved filters and chosen columns of lists."""

from django.urls import path

from makegood.web.saved_views import pages

urlpatterns = [
    path("lists/<slug:list_name>/columns", pages.choose, name="list-columns"),
    path("lists/<slug:list_name>/filters/new", pages.save, name="saved-filter-new"),
    path("lists/filters/<int:pk>", pages.edit, name="saved-filter"),
    path("lists/filters/<int:pk>/delete", pages.delete, name="saved-filter-delete"),
]
