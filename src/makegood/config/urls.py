"""All addresses."""

from django.urls import include, path

from makegood.config.health import health, ready

handler403 = "makegood.web.frame.failure.answer_not_allowed"
handler404 = "makegood.web.frame.failure.answer_not_found"
handler500 = "makegood.web.frame.failure.answer_failure"
urlpatterns = [
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("", include("makegood.web.urls")),
]
