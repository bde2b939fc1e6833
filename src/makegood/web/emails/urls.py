"""Addresses: e-mails to customers: the outbox, and one message."""

from django.urls import path

from makegood.web.emails import banner, list_pages, message_pages

__all__ = ["banner", "urlpatterns"]

urlpatterns = [
    path("emails", list_pages.show, name="emails"),
    path("emails/count", list_pages.count, name="emails-count"),
    path("emails.csv", list_pages.export, name="emails-csv"),
    path("emails/<int:pk>", message_pages.show, name="email"),
    path("emails/<int:pk>/html", message_pages.show_html, name="email-html"),
    path("emails/<int:pk>/again", message_pages.send, name="email-again"),
]
