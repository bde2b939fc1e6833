"""Addresses: what processors send."""

from django.urls import path

from makegood.web.gateway_events import pages, receive

urlpatterns = [
    path("webhooks/<str:token>", receive.receive, name="webhook"),
    path("gateway-events", pages.show_events, name="gateway-events"),
    path("gateway-events/count", pages.count, name="gateway-events-count"),
    path("gateway-events.csv", pages.export, name="gateway-events-csv"),
    path("gateway-events/<int:pk>", pages.show, name="gateway-event"),
    path("gateway-events/<int:pk>/again", pages.again, name="gateway-event-again"),
]
