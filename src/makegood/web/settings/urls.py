"""Addresses: settings: templates, limits, GL codes, services, staff, the provider."""

from django.urls import path

from makegood.web.settings import (
    billing,
    email_templates,
    email_texts,
    gl_codes,
    limits,
    provider,
    services,
    staff,
    transaction_templates,
)

_TEMPLATES = "settings/transaction-templates"
_EMAILS = "settings/email-templates"

urlpatterns = [
    path(_TEMPLATES, transaction_templates.show, name="transaction-templates"),
    path(f"{_TEMPLATES}/new", transaction_templates.add, name="transaction-template-new"),
    path(f"{_TEMPLATES}/<int:pk>/edit", transaction_templates.edit, name="transaction-template-edit"),
    path(f"{_TEMPLATES}/<int:pk>/active", transaction_templates.set_active, name="transaction-template-active"),
    path(_EMAILS, email_templates.show, name="email-templates"),
    path("settings/email-sender", email_templates.edit_sender, name="email-sender"),
    path(f"{_EMAILS}/<slug:name>/active", email_templates.switch, name="email-template-active"),
    path(f"{_EMAILS}/<slug:name>/add", email_templates.add_language, name="email-template-language"),
    path(f"{_EMAILS}/<slug:name>/<slug:language>", email_texts.edit, name="email-template"),
    path(f"{_EMAILS}/<slug:name>/<slug:language>/preview", email_texts.show_preview, name="email-template-preview"),
    path(f"{_EMAILS}/<slug:name>/<slug:language>/test", email_texts.send_test, name="email-template-test"),
    path(f"{_EMAILS}/<slug:name>/<slug:language>/reset", email_texts.reset, name="email-template-reset"),
    path("settings/billing", billing.show, name="billing-settings"),
    path("settings/billing/<slug:part>/edit", billing.edit, name="billing-settings-edit"),
    path("settings/limits", limits.show, name="limits"),
    path("settings/limits/edit", limits.edit, name="limits-edit"),
    path("settings/services", services.show, name="services"),
    path("settings/services/new", services.add, name="service-new"),
    path("settings/services/<int:pk>/edit", services.edit, name="service-edit"),
    path("settings/services/<int:pk>/active", services.set_active, name="service-active"),
    path("settings/gl-codes", gl_codes.show, name="gl-codes"),
    path("settings/gl-codes/new", gl_codes.add, name="gl-code-new"),
    path("settings/gl-codes/<int:pk>/edit", gl_codes.edit, name="gl-code-edit"),
    path("settings/gl-codes/<int:pk>/active", gl_codes.set_active, name="gl-code-active"),
    path("settings/gl-codes/<int:pk>/default", gl_codes.make_default, name="gl-code-default"),
    path("settings/staff", staff.show, name="staff"),
    path("settings/staff/new", staff.invite, name="staff-new"),
    path("settings/staff/<int:pk>/edit", staff.edit, name="staff-edit"),
    path("settings/staff/<int:pk>/active", staff.set_active, name="staff-active"),
    path("settings/staff/<int:pk>/link", staff.make_link, name="staff-link"),
    path("settings/provider", provider.show, name="provider"),
    path("settings/provider/edit", provider.edit, name="provider-edit"),
    path("settings/provider/billing", provider.set_billing, name="provider-billing"),
]
