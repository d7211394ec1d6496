"""The outbox in the admin: what waits, what was sent, what the gateway said. The letters' words are not kept."""

from __future__ import annotations

from django.contrib import admin

from notices.models import MailOut
from workplan.admin_site import LookingAdmin, site


@admin.register(MailOut, site=site)
class MailOutAdmin(LookingAdmin):
    list_display = ["created_at", "recipient", "kind", "state", "n_attempts", "next_at", "ended_at", "last_error"]
    list_select_related = ["recipient"]
    list_filter = ["state", "kind"]
    search_fields = ["=recipient__username", "=sent_to"]
    ordering = ["-created_at", "-id"]
    fields = [
        *("recipient", "kind", "key", "state", "n_attempts", "last_error", "sent_to"),
        *("created_at", "next_at", "ended_at"),
    ]
