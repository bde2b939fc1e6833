"""Addresses: the search in the top bar."""

from django.urls import path

from makegood.web.search import pages

urlpatterns = [path("search", pages.search, name="search")]
