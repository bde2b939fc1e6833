"""Addresses: the Notifications area."""

from django.urls import path

from makegood.web.notifications import pages

urlpatterns = [
    path("notifications", pages.show_all, name="notifications"),
    path("notifications/newest", pages.show_newest, name="notifications-newest"),
    path("notifications/look", pages.look, name="notifications-look"),
    path("notifications/read", pages.read_all, name="notifications-read"),
    path("notifications/<int:pk>", pages.open_one, name="notification"),
    path("notifications/<int:pk>/read", pages.read_one, name="notification-read"),
    path("notifications/<int:pk>/unread", pages.unread_one, name="notification-unread"),
]
